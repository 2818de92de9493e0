import type { ModelConfig } from '../../config/schema.ts';
import type { Anchor } from '../../explanation/focus.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { PreparedPicture } from '../../image/transform.ts';
import type { RpnLevelOutput } from '../../model/proposals.ts';
import { anchorGrid, anchorsAt, baseAnchors } from '../../ops/anchors.ts';
import { decodeBoxes } from '../../ops/box-coding.ts';
import { clipBoxes, takeBoxes } from '../../ops/boxes.ts';
import type { StageRecords } from '../pipeline.ts';
import { boxAt, sigmoid } from './plain.ts';

/** A proposal as one class moved it. */
export interface Refined {
  /** Position among the proposals. */
  rank: number;
  /** Clipped, in pixels of the resized picture. */
  box: PlainBox;
  score: number;
  deltas: [number, number, number, number];
}

/** Every proposal as a class moves it, as `selectDetections` does, those that score more than a threshold. */
export function refineAll(
  { input, proposals, boxOutput }: Pick<StageRecords, 'input' | 'proposals' | 'boxOutput'>,
  label: number,
  { box: config }: Pick<ModelConfig, 'box'>,
): Refined[] {
  const [rois, classes] = boxOutput.scores.shape;
  const ranks = Array.from({ length: rois }, (_, rank) => rank).filter(
    (rank) => boxOutput.scores.data[rank * classes + label] > config.scoreThreshold,
  );
  const rows = ranks.map((rank) => rank * classes + label);
  const deltas = takeBoxes(boxOutput.deltas.data, rows);
  const boxes = decodeBoxes(takeBoxes(proposals.boxes, ranks), deltas, config.codingWeights);
  clipBoxes(boxes, input);
  return ranks.map((rank, i) => ({
    rank,
    box: boxAt(boxes, i),
    score: boxOutput.scores.data[rows[i]],
    deltas: boxAt(deltas, i),
  }));
}

/**
 * The anchor that a proposal was: the one of its score whose moved and clipped box is the proposal.
 * @param level What the RPN said of the proposal's level.
 * @param index Of the level, 0 for P2 or the only one.
 * @throws RangeError where the proposal is not of this level.
 */
export function anchorOf(
  proposal: { box: PlainBox; score: number },
  level: RpnLevelOutput,
  index: number,
  { input, config }: { input: PreparedPicture; config: ModelConfig },
): Anchor {
  const { sizes, aspectRatios, placement } = config.rpn.anchors;
  const base = baseAnchors(sizes[index], aspectRatios[index], placement);
  const [, count, rows, columns] = level.objectness.shape;
  const [, , height, width] = input.tensor.shape;
  const grid = anchorGrid(base, { rows, columns }, { height, width }, placement);
  const pixels = rows * columns;
  for (let i = 0; i < level.objectness.data.length; i++) {
    const logit = level.objectness.data[i];
    if (Math.fround(sigmoid(logit)) !== proposal.score) continue;
    const shape = Math.floor(i / pixels);
    const location = i % pixels;
    const anchor = anchorsAt(grid, [location * count + shape]);
    const deltas = Float32Array.from(
      [0, 1, 2, 3],
      (c) => level.deltas.data[(4 * shape + c) * pixels + location],
    );
    const moved = clipBoxes(decodeBoxes(anchor, deltas, [1, 1, 1, 1]), input);
    if (moved.every((corner, c) => corner === proposal.box[c])) {
      return { box: boxAt(anchor, 0), logit, deltas: boxAt(deltas, 0) };
    }
  }
  throw new RangeError(`no anchor of level ${index} became the proposal ${proposal.box.join(', ')}`);
}
