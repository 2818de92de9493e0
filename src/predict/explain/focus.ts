import type { Focus, KeypointFocus } from '../../explanation/focus.ts';
import type { MaskFocus } from '../../explanation/mask-focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import { levelsOf, maskPool } from '../../model/structure.ts';
import { boxAt, scaleBoxes } from '../../ops/boxes.ts';
import { chooseFocus, type FocusChoice, type FocusWish, fateOf } from './focus-choice.ts';
import type { FocusContext } from './focus-context.ts';
import { explainMask, type TrueObject } from './mask-focus.ts';
import { overlapOf, rowOf } from './plain.ts';
import { poolRoi } from './pooled-roi.ts';
import { roiLosses } from './roi-losses.ts';
import { bestObject } from './sampling.ts';
import { anchorOf, type Refined } from './trace.ts';

/**
 * Follows one RoI through both branches.
 * @returns Null where there is no proposal.
 * @throws UsageError where the requested one does not exist.
 */
export async function explainFocus(context: FocusContext, wish: FocusWish): Promise<Focus | null> {
  const { records, config } = context;
  const choice = chooseFocus(context, wish);
  if (choice === null) return null;
  const { refined, label, instance } = choice;
  const proposal = describeProposal(context, refined.rank);
  const { rank, box: proposed, anchor } = proposal;
  const { box } = refined;
  return {
    instance,
    ...fateOf(choice, context),
    label,
    proposal,
    classScores: rowOf(records.boxOutput.scores.data, refined.rank, config.categories.length + 1),
    deltas: refined.deltas,
    codingWeights: config.box.codingWeights,
    box,
    iou: overlapOf(proposed, box),
    rivals: instance === null ? [] : rivalsOf(refined, context, label),
    boxRoi: poolRoi(proposed, { pyramid: records.pyramid, levels: levelsOf(config) }, config.box.head.pool),
    mask: await maskOf(choice, proposed, context),
    losses: roiLosses({ rank, anchor, proposal: proposed, box, label }, context),
    keypoints: keypointsOf(context, instance),
  };
}

/** The output of the mask branch for the refined box; null where no part of the box is inside the picture. */
async function maskOf(
  { refined: { box }, label, instance }: FocusChoice,
  proposal: PlainBox,
  context: FocusContext,
): Promise<MaskFocus | null> {
  const { records, instances, config, picture, maskLogits } = context;
  // Where nothing was detected the prediction did not run the branch, and neither does the explanation.
  if (!maskLogits || !config.mask || records.detections.scores.length === 0) return null;
  if (box[2] <= box[0] || box[3] <= box[1]) return null;
  const { scaleX, scaleY } = records.input;
  const scaled = scaleBoxes(Float32Array.from(box), { x: 1 / scaleX, y: 1 / scaleY });
  const subject = {
    label,
    box,
    proposal,
    originalBox: instance === null ? boxAt(scaled, 0) : instances[instance].originalBox,
    scale: [scaleX, scaleY] as const,
    picture,
    truth: trueObject(proposal, context),
  };
  return explainMask(subject, {
    features: { pyramid: records.pyramid, levels: levelsOf(config) },
    session: maskLogits,
    pool: maskPool({ ...config, mask: config.mask }),
    config: config.mask,
  });
}

/** The output of the keypoint branch for an instance. */
function keypointsOf({ records: { heatMaps } }: FocusContext, instance: number | null): KeypointFocus | null {
  if (instance === null || !heatMaps) return null;
  const [, joints, side] = heatMaps.shape;
  const map = (joint: number) => rowOf(heatMaps.data, instance * joints + joint, side ** 2);
  return { side, heatMaps: Array.from({ length: joints }, (_, joint) => map(joint)) };
}

function describeProposal({ records, config }: FocusContext, rank: number): Focus['proposal'] {
  const { boxes, scores, labels } = records.proposals;
  const level = levelsOf(config).rpn[labels[rank]].name;
  return {
    box: boxAt(boxes, rank),
    score: scores[rank],
    level,
    rank,
    anchor: anchorOf(records, rank, config),
  };
}

/** Candidates of the class, other than the winner itself, that overlap it by more than NMS allows; best first. */
function rivalsOf(winner: Refined, { records, config }: FocusContext, label: number): Focus['rivals'] {
  const { nmsThreshold, nmsOverlap } = config.box;
  const candidates = records.detections.candidates.find(({ labels }) => labels[0] === label);
  if (!candidates) return [];
  const { boxes, scores, origins } = candidates;
  return Array.from(origins, (rank, i) => ({ rank, box: boxAt(boxes, i), score: scores[i] }))
    .filter(({ rank, box }) => rank !== winner.rank && overlapOf(box, winner.box, nmsOverlap) > nmsThreshold)
    .sort((a, b) => b.score - a.score)
    .map(({ rank, box, score }) => ({ proposal: boxAt(records.proposals.boxes, rank), box, score }));
}

function trueObject(proposal: PlainBox, { truth, config }: FocusContext): TrueObject | null {
  const best = truth && bestObject(proposal, truth);
  if (!best) return null;
  const { index, overlap } = best;
  const matches = overlap >= config.box.training.fgIouThresh;
  return { mask: truth.masks[index], label: truth.labels[index], overlap, matches };
}
