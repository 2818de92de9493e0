/** The weights of dx, dy, dw, dh. */
export type CodingWeights = readonly [number, number, number, number];

/** Keeps exp from overflowing: a box grows to at most 1000/16 of its anchor. */
export const maxLogScale = Math.log(1000 / 16);

/**
 * Moves boxes by regression deltas (Girshick et al. 2014, appendix C): the centre by dx, dy in units of the
 * box, width and height by the factors e^dw, e^dh. As torchvision's `BoxCoder.decode`.
 * @param boxes `[N, 4]` anchors or proposals.
 * @param deltas `[N, 4]`, multiplied by the coding weights.
 * @returns `[N, 4]`
 */
export function decodeBoxes(boxes: Float32Array, deltas: Float32Array, weights: CodingWeights): Float32Array {
  const decoded = new Float32Array(boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    const width = boxes[i + 2] - boxes[i];
    const height = boxes[i + 3] - boxes[i + 1];
    const centreX = boxes[i] + width / 2 + (deltas[i] / weights[0]) * width;
    const centreY = boxes[i + 1] + height / 2 + (deltas[i + 1] / weights[1]) * height;
    const halfWidth = (width * Math.exp(Math.min(deltas[i + 2] / weights[2], maxLogScale))) / 2;
    const halfHeight = (height * Math.exp(Math.min(deltas[i + 3] / weights[3], maxLogScale))) / 2;
    decoded[i] = centreX - halfWidth;
    decoded[i + 1] = centreY - halfHeight;
    decoded[i + 2] = centreX + halfWidth;
    decoded[i + 3] = centreY + halfHeight;
  }
  return decoded;
}

/**
 * The deltas that move boxes onto their true boxes: the inverse of `decodeBoxes`, and the regression targets.
 * As torchvision's `encode_boxes`.
 * @param truth `[N, 4]`, the true box of each box; both must have an area.
 * @param boxes `[N, 4]` anchors or proposals.
 * @returns `[N, 4]`
 */
export function encodeBoxes(truth: Float32Array, boxes: Float32Array, weights: CodingWeights): Float32Array {
  const deltas = new Float32Array(boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    const width = boxes[i + 2] - boxes[i];
    const height = boxes[i + 3] - boxes[i + 1];
    const trueWidth = truth[i + 2] - truth[i];
    const trueHeight = truth[i + 3] - truth[i + 1];
    deltas[i] = (weights[0] * (truth[i] + trueWidth / 2 - boxes[i] - width / 2)) / width;
    deltas[i + 1] = (weights[1] * (truth[i + 1] + trueHeight / 2 - boxes[i + 1] - height / 2)) / height;
    deltas[i + 2] = weights[2] * Math.log(trueWidth / width);
    deltas[i + 3] = weights[3] * Math.log(trueHeight / height);
  }
  return deltas;
}
