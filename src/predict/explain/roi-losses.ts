import { largest } from '../../core/extremes.ts';
import type { Anchor } from '../../explanation/focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { BoxRegression, RoiLosses } from '../../explanation/training.ts';
import { levelAnchors, rpnCodingWeights } from '../../model/rpn-anchors.ts';
import { smoothL1Beta } from '../../model/training-graphs.ts';
import { anchorsAt } from '../../ops/anchors.ts';
import { type CodingWeights, encodeBoxes } from '../../ops/box-coding.ts';
import { boxAt } from '../../ops/boxes.ts';
import type { FocusContext } from './focus-context.ts';
import { binaryCrossEntropy, overlapOf } from './plain.ts';
import { bestObject } from './sampling.ts';

type Context = Pick<FocusContext, 'records' | 'config' | 'truth'>;

/** The RoI whose losses are computed. */
export interface LossSubject {
  /** Position among the proposals. */
  rank: number;
  anchor: Anchor;
  proposal: PlainBox;
  /** The refined box and its class, which stand in for the truth where there are no annotations. */
  box: PlainBox;
  label: number;
}

/** What the RPN and the class and box branch would be trained on. */
interface Target {
  overlap: number;
  box: PlainBox;
  label: number;
}

/**
 * The four losses of the RPN and of the class and box branch for one RoI, before they are averaged over the sample.
 * @returns Null where the truth has no object, or no area.
 */
export function roiLosses(subject: LossSubject, context: Context): RoiLosses | null {
  const ofAnchor = targetOf(subject.anchor.box, subject, context);
  const ofProposal = targetOf(subject.proposal, subject, context);
  if (ofAnchor === null || ofProposal === null) return null;
  return {
    source: context.truth ? 'annotation' : 'prediction',
    rpn: rpnLosses(subject.anchor, ofAnchor, context),
    box: boxLosses(subject, ofProposal, context),
  };
}

function targetOf(box: PlainBox, subject: LossSubject, { truth }: Context): Target | null {
  const hasArea = ([x1, y1, x2, y2]: PlainBox) => x2 > x1 && y2 > y1;
  if (!truth) {
    const { box: target, label } = subject;
    return hasArea(target) ? { box: target, label, overlap: overlapOf(box, target) } : null;
  }
  const best = bestObject(box, truth);
  if (best === null) return null;
  const target = boxAt(truth.boxes, best.index);
  return hasArea(target) ? { box: target, label: truth.labels[best.index], overlap: best.overlap } : null;
}

function rpnLosses(anchor: Anchor, { box, overlap }: Target, context: Context): RoiLosses['rpn'] {
  const { fgIouThresh, bgIouThresh } = context.config.rpn.training;
  const isPositive = overlap >= fgIouThresh || (overlap > 0 && overlap === bestOverlap(box, context));
  const role = isPositive ? 'positive' : overlap < bgIouThresh ? 'negative' : 'ignored';
  const { logit, deltas } = anchor;
  return {
    overlap,
    role,
    objectness: role === 'ignored' ? null : binaryCrossEntropy(logit, isPositive ? 1 : 0),
    box: isPositive ? regression(deltas, [box, anchor.box], rpnCodingWeights) : null,
  };
}

/** The IoU of a box with the anchor that overlaps it most. */
function bestOverlap(box: PlainBox, { records: { input, rpn }, config }: Context): number {
  const [, , height, width] = input.tensor.shape;
  return largest(
    rpn.map(({ objectness: { shape, data } }, level) => {
      const map = { rows: shape[2], columns: shape[3] };
      const grid = levelAnchors(config.rpn.anchors, level, map, { height, width });
      const anchors = anchorsAt(
        grid,
        Array.from(data, (_, i) => i),
      );
      let most = 0;
      for (let i = 0; i < data.length; i++) most = Math.max(most, overlapOf(boxAt(anchors, i), box));
      return most;
    }),
  );
}

function boxLosses(
  { rank, proposal }: LossSubject,
  { box, label, overlap }: Target,
  { records: { boxOutput }, config, truth }: Context,
): RoiLosses['box'] {
  // Without annotations the prediction counts as correct, wherever its proposal was.
  const isObject = !truth || overlap >= config.box.training.fgIouThresh;
  const [, classes] = boxOutput.scores.shape;
  const target = isObject ? label : 0;
  const deltas = boxAt(boxOutput.deltas.data, rank * classes + target);
  return {
    overlap,
    label: target,
    classification: -Math.log(Math.max(boxOutput.scores.data[rank * classes + target], smallestScore)),
    box: isObject ? regression(deltas, [box, proposal], config.box.codingWeights) : null,
  };
}

/** The smallest normal float32; a softmax can underflow to 0. */
const smallestScore = 2 ** -126;

/** Σ smooth L1 over dx, dy, dw, dh (torch `smooth_l1_loss`). */
function regression(
  predicted: PlainBox,
  [truth, from]: readonly [truth: PlainBox, from: PlainBox],
  weights: CodingWeights,
): BoxRegression {
  const target = boxAt(encodeBoxes(Float32Array.from(truth), Float32Array.from(from), weights), 0);
  const loss = predicted.reduce((sum, value, i) => {
    const difference = Math.abs(value - target[i]);
    const quadratic = (0.5 * difference ** 2) / smoothL1Beta;
    return sum + (difference < smoothL1Beta ? quadratic : difference - smoothL1Beta / 2);
  }, 0);
  return { target, predicted, loss };
}
