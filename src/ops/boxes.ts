/**
 * Boxes are `[N, 4]` in one Float32Array: x1, y1, x2, y2 in pixels, right and bottom exclusive.
 */

/** The size of a picture in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

export function boxCount(boxes: Float32Array): number {
  return boxes.length / 4;
}

/** (x2 − x1)·(y2 − y1) of each box, in square pixels. */
export function boxAreas(boxes: Float32Array): Float32Array {
  const areas = new Float32Array(boxCount(boxes));
  for (let i = 0; i < areas.length; i++) {
    areas[i] = (boxes[4 * i + 2] - boxes[4 * i]) * (boxes[4 * i + 3] - boxes[4 * i + 1]);
  }
  return areas;
}

/**
 * Area of the intersection of two boxes, x1, y1, x2, y2 in any unit; 0 where they do not overlap. `matcher.ts` has its own,
 * which rounds as torch does.
 */
export function intersectionArea(
  a: readonly [number, number, number, number],
  b: readonly [number, number, number, number],
): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/** The corners of one box. */
export function boxAt(boxes: Float32Array, index: number): [x1: number, y1: number, x2: number, y2: number] {
  return [boxes[4 * index], boxes[4 * index + 1], boxes[4 * index + 2], boxes[4 * index + 3]];
}

/**
 * The smallest box around points.
 * @param lists Of points: x, y and, if `stride` is more than 2, other values of each.
 * @returns ∞, ∞, −∞, −∞ if there is no point.
 */
export function boundsOfPoints(
  lists: readonly ArrayLike<number>[],
  stride = 2,
): [x1: number, y1: number, x2: number, y2: number] {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const points of lists) {
    for (let i = 0; i < points.length; i += stride) {
      x1 = Math.min(x1, points[i]);
      y1 = Math.min(y1, points[i + 1]);
      x2 = Math.max(x2, points[i]);
      y2 = Math.max(y2, points[i + 1]);
    }
  }
  return [x1, y1, x2, y2];
}

/** The boxes at the given positions, in that order. */
export function takeBoxes(boxes: Float32Array, indices: ArrayLike<number>): Float32Array {
  const taken = new Float32Array(indices.length * 4);
  for (let i = 0; i < indices.length; i++) {
    for (let c = 0; c < 4; c++) taken[4 * i + c] = boxes[4 * indices[i] + c];
  }
  return taken;
}

/** Clips boxes to a picture, in place. */
export function clipBoxes(boxes: Float32Array, { height, width }: Size): Float32Array {
  for (let i = 0; i < boxes.length; i += 2) {
    boxes[i] = Math.min(Math.max(boxes[i], 0), width);
    boxes[i + 1] = Math.min(Math.max(boxes[i + 1], 0), height);
  }
  return boxes;
}

/** Whether a box is at least `minSize` pixels wide and high. */
export function isLargeEnough(boxes: Float32Array, index: number, minSize: number): boolean {
  const width = boxes[4 * index + 2] - boxes[4 * index];
  const height = boxes[4 * index + 3] - boxes[4 * index + 1];
  return width >= minSize && height >= minSize;
}

/** The boxes after the picture is resized: x times `scale.x`, y times `scale.y`. */
export function scaleBoxes(boxes: Float32Array, scale: { x: number; y: number }): Float32Array {
  return boxes.map((coordinate, i) => coordinate * (i % 2 === 0 ? scale.x : scale.y));
}
