import type { ModelConfig } from '../../config/schema.ts';
import type { Anchor } from '../../explanation/focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import { refineProposals } from '../../model/detections.ts';
import { levelAnchors, valuesOfAnchors } from '../../model/rpn-anchors.ts';
import { anchorsAt } from '../../ops/anchors.ts';
import { boxAt } from '../../ops/boxes.ts';
import type { StageRecords } from '../pipeline.ts';

/** A proposal as one class moved it. */
export interface Refined {
  /** Position among the proposals. */
  rank: number;
  /** Clipped, in pixels of the resized picture. */
  box: PlainBox;
  score: number;
  deltas: [number, number, number, number];
}

/**
 * Moves one proposal as stage 7 does, whatever it scores.
 * @param rank Position among the proposals.
 * @param label Class index.
 */
export function refine(
  { input, proposals, boxOutput }: Pick<StageRecords, 'input' | 'proposals' | 'boxOutput'>,
  { rank, label }: { rank: number; label: number },
  { box: { codingWeights } }: Pick<ModelConfig, 'box'>,
): Refined {
  const [, classes] = boxOutput.scores.shape;
  const roi = { label, rois: [rank] };
  const { boxes, scores } = refineProposals(boxOutput, proposals.boxes, roi, {
    codingWeights,
    picture: input,
  });
  const deltas = boxAt(boxOutput.deltas.data, rank * classes + label);
  return { rank, box: boxAt(boxes, 0), score: scores[0], deltas };
}

/**
 * The anchor of a proposal.
 * @param rank Position among the proposals.
 */
export function anchorOf(
  { input, rpn, proposals }: Pick<StageRecords, 'input' | 'rpn' | 'proposals'>,
  rank: number,
  { rpn: { anchors } }: Pick<ModelConfig, 'rpn'>,
): Anchor {
  const level = proposals.labels[rank];
  const { objectness, deltas } = rpn[level];
  const [, , rows, columns] = objectness.shape;
  const [, , height, width] = input.tensor.shape;
  const grid = levelAnchors(anchors, level, { rows, columns }, { height, width });
  const anchor = [proposals.origins[rank]];
  return {
    box: boxAt(anchorsAt(grid, anchor), 0),
    logit: valuesOfAnchors(objectness, 1, anchor)[0],
    deltas: boxAt(valuesOfAnchors(deltas, 4, anchor), 0),
  };
}
