import type { RpnConfig } from '../config/schema.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import { type AnchorGrid, anchorGrid, anchorsAt, baseAnchors } from '../ops/anchors.ts';
import { decodeBoxes } from '../ops/box-coding.ts';
import { clipBoxes, type Size } from '../ops/boxes.ts';
import { bestOf, type ScoredBoxes, thinOut } from '../ops/scored-boxes.ts';
import { topK } from '../ops/top-k.ts';

/** What the RPN's head says of one level. */
export interface RpnLevelOutput {
  /** `[1, A, h, w]` logits. */
  readonly objectness: Float32Tensor;
  /** `[1, 4·A, h, w]` */
  readonly deltas: Float32Tensor;
}

/** Boxes narrower or lower than this, in pixels of the resized picture, are dropped. */
const minBoxSize = 1e-3;

/** The RPN's boxes are coded without weights. */
const rpnCodingWeights = [1, 1, 1, 1] as const;

/**
 * Stage 4: the best anchors of each level, moved by their deltas, clipped, thinned by NMS within the level,
 * and the best of all levels (Ren et al. 2015, section 3.3; torchvision `filter_proposals`).
 * @param levels P2…P6.
 * @param picture The resized picture, without padding, to which boxes are clipped.
 * @param padded The network's input, over which the anchors are laid.
 * @returns Boxes in pixels of the resized picture, best first; labels are positions in `levels`.
 */
export function selectProposals(
  levels: readonly RpnLevelOutput[],
  config: RpnConfig,
  { picture, padded }: { picture: Size; padded: Size },
): ScoredBoxes {
  const perLevel = levels.map((output, level) => {
    const [, , rows, columns] = output.objectness.shape;
    const { sizes, aspectRatios, placement } = config.anchors;
    const base = baseAnchors(sizes[level], aspectRatios[level], placement);
    const anchors = anchorGrid(base, { rows, columns }, padded, placement);
    const candidates = bestAnchors(output, anchors, config, picture);
    const labels = new Int32Array(candidates.scores.length).fill(level);
    return thinOut({ ...candidates, labels }, minBoxSize, config);
  });
  return bestOf(perLevel, config.postNmsTopN);
}

function bestAnchors(output: RpnLevelOutput, anchors: AnchorGrid, config: RpnConfig, picture: Size) {
  const logits = anchorMajor(output.objectness);
  const minLogit = Math.log(config.scoreThreshold / (1 - config.scoreThreshold));
  const top = topK(logits, config.preNmsTopN).filter((index) => logits[index] >= minLogit);
  const boxes = decodeBoxes(anchorsAt(anchors, top), deltasAt(output.deltas, top), rpnCodingWeights);
  return {
    boxes: clipBoxes(boxes, picture),
    scores: Float32Array.from(top, (index) => 1 / (1 + Math.exp(-logits[index]))),
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

/** `[indices.length, 4]` of `[1, 4·A, h, w]`; an anchor's four deltas are four neighbouring channels. */
function deltasAt({ shape, data }: Float32Tensor, indices: Uint32Array): Float32Array {
  const [, channels, rows, columns] = shape;
  const shapes = channels / 4;
  const locations = rows * columns;
  const deltas = new Float32Array(indices.length * 4);
  indices.forEach((index, i) => {
    const location = Math.floor(index / shapes);
    const shape = index % shapes;
    for (let c = 0; c < 4; c++) deltas[4 * i + c] = data[(4 * shape + c) * locations + location];
  });
  return deltas;
}
