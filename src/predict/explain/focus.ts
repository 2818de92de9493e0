import type { ModelConfig } from '../../config/schema.ts';
import { UsageError } from '../../core/errors.ts';
import type { ExplainedInstance, Focus, PlainBox } from '../../core/explanation.ts';
import type { PreparedPicture } from '../../image/transform.ts';
import type { Size } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import type { Session } from '../../runtime/runtime.ts';
import type { StageRecords } from '../pipeline.ts';
import { explainMask, type TrueObject } from './mask-focus.ts';
import { boxAt, overlapOf } from './plain.ts';
import { poolRoi } from './pooled-roi.ts';
import { bestObject } from './sampling.ts';
import { anchorOf, type Refined, refineAll } from './trace.ts';

/** What was recorded of a prediction; masks are missing where nothing was detected. */
export type Records = Omit<StageRecords, 'masks'> & Partial<Pick<StageRecords, 'masks'>>;

export interface FocusContext {
  records: Records;
  instances: readonly ExplainedInstance[];
  /** As the prediction used it. */
  config: ModelConfig;
  picture: Size;
  /** All channels of the mask branch; null without the branch. */
  maskLogits: Session | null;
  /** Annotated objects, boxes in pixels of the resized picture, masks of the original's size. */
  truth: GroundTruth | null;
}

/** An RoI to follow: a detection, or, where there is none, the best proposal. */
interface Choice {
  instance: number | null;
  label: number;
  refined: Refined;
}

/**
 * Follows one RoI through both branches.
 * @param wanted Position of a detection; by default a good one whose proposal the box branch moved visibly.
 * @returns Null where there is no proposal.
 * @throws UsageError where `wanted` is no detection.
 */
export async function explainFocus(context: FocusContext, wanted: number | undefined): Promise<Focus | null> {
  const { records, instances, config, picture, maskLogits } = context;
  if (wanted !== undefined && !instances[wanted]) {
    throw new UsageError(`instance ${wanted + 1} is wanted, but ${instances.length} were found`);
  }
  if (records.proposals.scores.length === 0) return null;
  const choice = instances.length > 0 ? chooseDetection(context, wanted) : bestProposal(context);
  const { refined, label } = choice;
  const proposal = boxAt(records.proposals.boxes, refined.rank);
  const focus: Focus = {
    instance: choice.instance,
    label,
    proposal: describeProposal(context, refined.rank),
    classScores: rowOf(records.boxOutput.scores.data, refined.rank, config.categories.length + 1),
    deltas: refined.deltas,
    codingWeights: config.box.codingWeights,
    box: refined.box,
    iou: overlapOf(proposal, refined.box),
    rivals: choice.instance === null ? [] : rivalsOf(refined, context, label),
    boxRoi: poolRoi(proposal, records.pyramid, config.box.head.pool),
    mask: null,
  };
  if (choice.instance !== null && maskLogits && config.mask) {
    const { originalBox } = instances[choice.instance];
    const { scaleX, scaleY } = records.input;
    const subject = {
      label,
      box: refined.box,
      proposal,
      originalBox,
      scale: [scaleX, scaleY] as const,
      picture,
      truth: trueObject(proposal, context),
    };
    const branch = { pyramid: records.pyramid, session: maskLogits, config: config.mask };
    focus.mask = await explainMask(subject, branch);
  }
  return focus;
}

function chooseDetection(context: FocusContext, wanted: number | undefined): Choice {
  const { records, instances, config } = context;
  const best = instances[0].score;
  const byLabel = new Map<number, Refined[]>();
  const choices = instances.map((instance, index): Choice => {
    const { label } = instance;
    if (!byLabel.has(label)) byLabel.set(label, refineAll(records, label, config));
    const refined = byLabel.get(label)?.find((candidate) => isSame(candidate, instance));
    if (!refined) throw new RangeError(`detection ${index} came from no proposal`);
    return { instance: index, label, refined };
  });
  if (wanted !== undefined) return choices[wanted];
  const sizes = instances.map(({ box }) => Math.sqrt((box[2] - box[0]) * (box[3] - box[1])));
  const largest = Math.max(...sizes);
  const interest = choices.map(({ refined }, i) => {
    if (refined.score < 0.9 * best) return -1;
    const moved = 1 - overlapOf(boxAt(records.proposals.boxes, refined.rank), refined.box);
    const cut = touchesBorder(refined.box, records.input) ? 0.5 : 0;
    return 1 + Math.min(moved, 0.35) + (0.4 * sizes[i]) / largest - cut;
  });
  return choices[interest.indexOf(Math.max(...interest))];
}

function isSame({ box, score }: Refined, instance: ExplainedInstance): boolean {
  return score === instance.score && box.every((corner, i) => corner === instance.box[i]);
}

function touchesBorder([x1, y1, x2, y2]: PlainBox, { width, height }: PreparedPicture): boolean {
  return x1 <= 1 || y1 <= 1 || x2 >= width - 1 || y2 >= height - 1;
}

/** The first proposal and the object class that scores highest on it. */
function bestProposal({ records, config }: FocusContext): Choice {
  const scores = rowOf(records.boxOutput.scores.data, 0, config.categories.length + 1).slice(1);
  const label = 1 + scores.indexOf(Math.max(...scores));
  const unlimited = { box: { ...config.box, scoreThreshold: -1 } };
  return { instance: null, label, refined: refineAll(records, label, unlimited)[0] };
}

function describeProposal({ records, config }: FocusContext, rank: number): Focus['proposal'] {
  const { proposals, rpn, input } = records;
  const index = proposals.labels[rank];
  const proposal = { box: boxAt(proposals.boxes, rank), score: proposals.scores[rank] };
  const anchor = anchorOf(proposal, rpn[index], index, { input, config });
  return { ...proposal, level: `p${index + 2}`, rank, anchor };
}

/** Those that NMS dropped for the sake of `winner`: worse, and overlapping it by more than the threshold. */
function rivalsOf(winner: Refined, { records, config }: FocusContext, label: number): Focus['rivals'] {
  return refineAll(records, label, config)
    .filter(({ rank, box }) => rank !== winner.rank && overlapOf(box, winner.box) > config.box.nmsThreshold)
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
