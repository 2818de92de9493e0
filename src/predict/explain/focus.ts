import type { Focus, KeypointFocus } from '../../explanation/focus.ts';
import type { MaskFocus } from '../../explanation/mask-focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import { levelsOf, maskPool } from '../../model/structure.ts';
import { scaleBoxes } from '../../ops/boxes.ts';
import { chooseFocus, type FocusChoice, type FocusWish, fateOf } from './focus-choice.ts';
import type { FocusContext } from './focus-context.ts';
import { explainMask, type TrueObject } from './mask-focus.ts';
import { boxAt, overlapOf } from './plain.ts';
import { poolRoi } from './pooled-roi.ts';
import { bestObject } from './sampling.ts';
import { anchorOf, type Refined, refineAll } from './trace.ts';

/**
 * Follows one RoI through both branches.
 * @returns Null where there is no proposal.
 * @throws UsageError where the wished one was not found.
 */
export async function explainFocus(context: FocusContext, wish: FocusWish): Promise<Focus | null> {
  const { records, config } = context;
  const choice = chooseFocus(context, wish);
  if (choice === null) return null;
  const { refined, label, instance } = choice;
  const proposal = boxAt(records.proposals.boxes, refined.rank);
  return {
    instance,
    ...fateOf(choice, context),
    label,
    proposal: describeProposal(context, refined.rank),
    classScores: rowOf(records.boxOutput.scores.data, refined.rank, config.categories.length + 1),
    deltas: refined.deltas,
    codingWeights: config.box.codingWeights,
    box: refined.box,
    iou: overlapOf(proposal, refined.box),
    rivals: instance === null ? [] : rivalsOf(refined, context, label),
    boxRoi: poolRoi(proposal, { pyramid: records.pyramid, levels: levelsOf(config) }, config.box.head.pool),
    mask: await maskOf(choice, proposal, context),
    keypoints: keypointsOf(context, instance),
  };
}

/** What the mask branch says of the refined box; null where nothing of it is inside the picture. */
async function maskOf(
  { refined: { box }, label, instance }: FocusChoice,
  proposal: PlainBox,
  context: FocusContext,
): Promise<MaskFocus | null> {
  const { records, instances, config, picture, maskLogits } = context;
  // Where nothing was detected at all, the branch had nothing to do, and that is what is shown.
  if (!maskLogits || !config.mask || instances.length === 0) return null;
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

/** What the keypoint branch said of an instance. */
function keypointsOf({ records: { heatMaps } }: FocusContext, instance: number | null): KeypointFocus | null {
  if (instance === null || !heatMaps) return null;
  const [, joints, side] = heatMaps.shape;
  const map = (joint: number) => rowOf(heatMaps.data, instance * joints + joint, side ** 2);
  return { side, heatMaps: Array.from({ length: joints }, (_, joint) => map(joint)) };
}

function describeProposal({ records, config }: FocusContext, rank: number): Focus['proposal'] {
  const { proposals, rpn, input } = records;
  const index = proposals.labels[rank];
  const proposal = { box: boxAt(proposals.boxes, rank), score: proposals.scores[rank] };
  const anchor = anchorOf(proposal, rpn[index], index, { input, config });
  return { ...proposal, level: levelsOf(config).rpn[index].name, rank, anchor };
}

/** Those that NMS dropped for the sake of `winner`: worse, and overlapping it by more than the threshold. */
function rivalsOf(winner: Refined, { records, config }: FocusContext, label: number): Focus['rivals'] {
  const { nmsThreshold, nmsOverlap } = config.box;
  return refineAll(records, label, config)
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

function rowOf(data: Float32Array, row: number, length: number): number[] {
  return [...data.subarray(row * length, (row + 1) * length)];
}
