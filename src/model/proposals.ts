import type { RpnConfig } from '../config/schema.ts';
import type { Float32Tensor, Tensor } from '../core/tensor.ts';
import { type AnchorGrid, anchorsAt } from '../ops/anchors.ts';
import { decodeBoxes } from '../ops/box-coding.ts';
import { clipBoxes, type Size } from '../ops/boxes.ts';
import { type ScoredBoxes, type SelectedBoxes, selectBoxes } from '../ops/scored-boxes.ts';
import { topK } from '../ops/top-k.ts';
import { levelAnchors, rpnCodingWeights, valuesOfAnchors } from './rpn-anchors.ts';
import { rpnOutputNames } from './rpn-head.ts';
import type { Levels } from './structure.ts';

/** The output of the RPN head on one level. */
export interface RpnLevelOutput {
  /** `[1, A, h, w]` logits. */
  readonly objectness: Float32Tensor;
  /** `[1, 4·A, h, w]` */
  readonly deltas: Float32Tensor;
}

/** The RPN's outputs on each level, by {@link rpnOutputNames}, for one picture or all of a batch. */
export function rpnOutputs(outputs: Readonly<Record<string, Tensor>>, { rpn }: Levels): RpnLevelOutput[] {
  return rpn.map(({ name }) => {
    const names = rpnOutputNames(name);
    return {
      objectness: outputs[names.objectness] as Float32Tensor,
      deltas: outputs[names.deltas] as Float32Tensor,
    };
  });
}

/** Boxes narrower or lower than this, in pixels of the resized picture, are dropped. */
export const minProposalSize = 1e-3;

/**
 * Stage 4: the best anchors of each level, moved by their deltas and clipped, NMS within the level, and the best of all
 * levels (Ren et al. 2015, section 3.3; torchvision `filter_proposals`).
 * @param levels P2…P6.
 * @param picture The resized picture, without padding, to which boxes are clipped.
 * @param padded The network's input, over which the anchors are laid.
 * @returns Boxes in pixels of the resized picture, best first. Labels are positions in `levels`, origins the anchors of
 * that level in the order row, column, shape; there is one group for each level.
 */
export function selectProposals(
  levels: readonly RpnLevelOutput[],
  config: RpnConfig,
  { picture, padded }: { picture: Size; padded: Size },
): SelectedBoxes {
  const groups = levels.map((output, level): ScoredBoxes => {
    const [, , rows, columns] = output.objectness.shape;
    const anchors = levelAnchors(config.anchors, level, { rows, columns }, padded);
    const best = bestAnchors(output, anchors, config, picture);
    return { ...best, labels: new Int32Array(best.scores.length).fill(level) };
  });
  const { nmsThreshold, postNmsTopN: limit } = config;
  return selectBoxes(groups, { minSize: minProposalSize, nmsThreshold, limit });
}

/** The anchors of one level with the highest objectness, moved and clipped, best first. */
function bestAnchors(
  { objectness, deltas }: RpnLevelOutput,
  anchors: AnchorGrid,
  { scoreThreshold, preNmsTopN }: RpnConfig,
  picture: Size,
): Omit<ScoredBoxes, 'labels'> {
  const logits = anchorMajor(objectness);
  const minLogit = Math.log(scoreThreshold / (1 - scoreThreshold));
  const origins = topK(logits, preNmsTopN).filter((anchor) => logits[anchor] >= minLogit);
  const moved = decodeBoxes(
    anchorsAt(anchors, origins),
    valuesOfAnchors(deltas, 4, origins),
    rpnCodingWeights,
  );
  return {
    boxes: clipBoxes(moved, picture),
    scores: Float32Array.from(origins, (anchor) => 1 / (1 + Math.exp(-logits[anchor]))),
    origins,
  };
}

/** `[1, A, h, w]` in the order of anchors: row, column, shape. */
function anchorMajor({ shape, data }: Float32Tensor): Float32Array {
  const [, shapes, rows, columns] = shape;
  const locations = rows * columns;
  const reordered = new Float32Array(data.length);
  for (let a = 0; a < shapes; a++) {
    for (let location = 0; location < locations; location++) {
      reordered[location * shapes + a] = data[a * locations + location];
    }
  }
  return reordered;
}
