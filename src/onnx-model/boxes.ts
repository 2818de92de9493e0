import { type CodingWeights, maxLogScale } from '../ops/box-coding.ts';
import type { Operators } from './operators.ts';
import type { ImageSize } from './prepared-input.ts';

/** `decodeBoxes` (ops/box-coding.ts). @param boxes, deltas `[N, 4]` */
export function decodedBoxes(o: Operators, boxes: string, deltas: string, weights: CodingWeights): string {
  const first = o.slice(boxes, 1, 0, 2);
  const size = o.sub(o.slice(boxes, 1, 2, 4), first);
  const [x, y, width, height] = weights;
  const move = o.div(o.slice(deltas, 1, 0, 2), o.float(x, y));
  const growth = o.min(o.div(o.slice(deltas, 1, 2, 4), o.float(width, height)), maxLogScale);
  const centre = o.add(o.add(first, o.mul(size, 0.5)), o.mul(move, size));
  const half = o.mul(o.mul(size, o.apply('Exp', growth)), 0.5);
  return o.concat([o.sub(centre, half), o.add(centre, half)], 1);
}

export function clippedBoxes(o: Operators, boxes: string, size: ImageSize): string {
  return o.min(o.max(boxes, 0), cornerLimits(o, size));
}

/** Boxes in pixels of the picture. @param boxes In pixels of the resized one. */
export function boxesInPicture(
  o: Operators,
  boxes: string,
  { original, resized }: { original: ImageSize; resized: ImageSize },
): string {
  return o.div(o.mul(boxes, cornerLimits(o, original)), cornerLimits(o, resized));
}

/** Width, height, width, height; float32. */
function cornerLimits(o: Operators, { width, height }: ImageSize): string {
  return o.cast(o.concat([width, height, width, height]), 'float32');
}

/** x2 − x1 and y2 − y1 of each box, `[N, 2]`. */
export function boxSizes(o: Operators, boxes: string): string {
  return o.sub(o.slice(boxes, 1, 2, 4), o.slice(boxes, 1, 0, 2));
}

/** Width times height, `[N]`. */
export function boxAreas(o: Operators, boxes: string): string {
  return o.write.value('ReduceProd', [boxSizes(o, boxes)], { axes: [1], keepdims: 0 });
}
