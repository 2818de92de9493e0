import { cubicCoefficient } from '../ops/keypoint-decoding.ts';
import type { Operators } from './operators.ts';

/**
 * `decodeKeypoints` (ops/keypoint-decoding.ts), one box at a time: the heat maps times the matrices that interpolate
 * their rows and their columns, and the position of the maximum.
 * @param heatMaps `[D, K, side, side]` logits.
 * @param boxes `[D, 4]` in pixels of the resized picture.
 * @returns `points` `[D, K, 2]` x, y in the same pixels, `scores` `[D, K]`
 */
export function decodedKeypoints(
  o: Operators,
  heatMaps: string,
  boxes: string,
  { joints, side }: { joints: number; side: number },
): { points: string; scores: string } {
  const count = o.extent(boxes, 0);
  const found = [
    { dtype: 'float32', shape: [joints, 2] },
    { dtype: 'float32', shape: [joints] },
  ] as const;
  const { results } = o.loop(o.squeeze(count), [], found, (i) => {
    const box = o.gather(boxes, i);
    const corner = (position: number) => o.gather(box, o.int(position));
    const across = cubicAxis(o, { low: corner(0), high: corner(2), side });
    const down = cubicAxis(o, { low: corner(1), high: corner(3), side });
    const wide = o.apply('MatMul', o.gather(heatMaps, i), o.transpose(across.weights, 1, 0));
    const maps = o.reshape(o.apply('MatMul', down.weights, wide), [joints, -1]);
    const highest = o.write.value('ArgMax', [maps], { axis: 1, keepdims: 0 });
    const row = o.div(highest, across.pixels);
    const column = o.sub(highest, o.mul(row, across.pixels));
    const place = (cell: string, { low, step }: CubicAxis) =>
      o.unsqueeze(o.add(o.mul(o.add(o.cast(cell, 'float32'), 0.5), step), low), 1);
    const points = o.concat([place(column, across), place(row, down)], 1);
    return { states: [], results: [points, o.write.value('ReduceMax', [maps], { axes: [1], keepdims: 0 })] };
  });
  return { points: results[0], scores: results[1] };
}

/** One side of a box, `[1]` each, and the resized map along it. */
interface CubicAxis {
  low: string;
  /** Number of resized pixels, int64. */
  pixels: string;
  /** Width of a resized pixel. */
  step: string;
  /** `[pixels, side]` */
  weights: string;
}

function cubicAxis(
  o: Operators,
  { low, high, side }: { low: string; high: string; side: number },
): CubicAxis {
  const length = o.max(o.sub(high, low), 1);
  const rounded = o.apply('Ceil', length);
  const pixels = o.cast(rounded, 'int64');
  const centres = o.add(o.cast(o.range(pixels), 'float32'), 0.5);
  const position = o.sub(o.mul(o.div(side, rounded), centres), 0.5);
  const first = o.apply('Floor', position);
  const t = o.sub(position, first);
  // The taps at distances 1 + t, t, 1 − t, 2 − t; those beyond the map read its edge.
  const taps = [far(o, o.add(t, 1)), near(o, t), near(o, o.sub(1, t)), far(o, o.sub(2, t))];
  const cells = o.float(...Array.from({ length: side }, (_, i) => i));
  const weights = taps
    .map((weight, tap) => {
      const cell = o.min(o.max(o.add(first, tap - 1), 0), side - 1);
      const isCell = o.cast(o.equal(o.unsqueeze(cell, 1), cells), 'float32');
      return o.mul(isCell, o.unsqueeze(weight, 1));
    })
    .reduce((sum, weight) => o.add(sum, weight));
  return { low, pixels, step: o.div(length, rounded), weights };
}

const a = cubicCoefficient;

function near(o: Operators, x: string): string {
  return o.add(o.mul(o.mul(o.sub(o.mul(x, a + 2), a + 3), x), x), 1);
}

function far(o: Operators, x: string): string {
  return o.sub(o.mul(o.add(o.mul(o.sub(o.mul(x, a), 5 * a), x), 8 * a), x), 4 * a);
}
