import type { MaskConfig } from '../config/schema.ts';
import { symbol } from '../graph/dim.ts';
import type { Operators } from './operators.ts';
import type { ImageSize } from './prepared-input.ts';
import { splitProduct } from './split-product.ts';

/** Masks and their boxes in pixels of the picture. */
interface PlacedMasks {
  /** `[N, side, side]` probabilities. */
  readonly masks: string;
  /** `[N, 4]` */
  readonly boxes: string;
  readonly side: number;
}

/**
 * Masks pasted into the picture (`pasteMask`, `pasteMaskExactly` in ops/), one at a time: a mask times the matrices that
 * interpolate its rows and its columns.
 * @returns `[N, height, width]` uint8, 1 inside.
 */
export function pastedMasks(
  o: Operators,
  { masks, boxes, side }: PlacedMasks,
  { height, width }: ImageSize,
  paste: MaskConfig['paste'],
): string {
  const axis = paste === 'wholePixels' ? wholePixelAxis : exactAxis;
  const rows = o.cast(o.range(height), 'float32');
  const columns = o.cast(o.range(width), 'float32');
  const count = o.extent(masks, 0);
  const result = { dtype: 'uint8', shape: [symbol('height'), symbol('width')] } as const;
  const { results } = o.loop(o.squeeze(count), [], [result], (i) => {
    const box = o.gather(boxes, i);
    const corner = (position: number) => o.gather(box, o.index(position));
    const down = axis(o, rows, { low: corner(1), high: corner(3), side });
    const across = axis(o, columns, { low: corner(0), high: corner(2), side });
    const wide = o.apply('MatMul', o.gather(masks, i), o.transpose(across, 1, 0));
    const values = o.apply('MatMul', down, wide);
    const inside = paste === 'wholePixels' ? o.greater(values, 0.5) : o.atLeast(values, 0.5);
    return { states: [], results: [o.cast(inside, 'uint8')] };
  });
  // Without instances there is no pass that would say the size.
  return o.write.value('Reshape', [results[0], o.concat([count, height, width])], { allowzero: 1 });
}

/** One side of a box, float32 scalars, and the cells of its mask along it. */
interface MaskSide {
  low: string;
  high: string;
  side: number;
}

/** `wholePixelAxis` (ops/mask-axis.ts). @param pixels `[n]` positions. @returns `[n, side]` */
function wholePixelAxis(o: Operators, pixels: string, { low, high, side }: MaskSide): string {
  const padded = side + 2;
  const half = o.mul(o.mul(o.sub(high, low), 0.5), padded / side);
  const centre = o.mul(o.add(high, low), 0.5);
  const truncated = (x: string) => o.cast(o.cast(x, 'int32'), 'float32');
  const [first, last] = [truncated(o.sub(centre, half)), truncated(o.add(centre, half))];
  const count = o.max(o.add(o.sub(last, first), 1), 1);
  const inBox = o.add(o.sub(pixels, first), 0.5);
  // As a float32, a position could reach the other side of the middle between two cells.
  const { whole, rest } = splitProduct(o, inBox, o.div(padded, count));
  // Positions count from the border of the padded mask, which is 0, as is all that lies beyond.
  return hats(o, { whole: o.sub(whole, 1), rest: o.sub(rest, 0.5) }, side);
}

/** `exactAxis` (ops/mask-axis.ts). */
function exactAxis(o: Operators, pixels: string, { low, high, side }: MaskSide): string {
  const length = o.sub(high, low);
  const isEmpty = o.atLeast(0, length);
  const inBox = o.sub(o.add(pixels, 0.5), low);
  const position = o.sub(o.mul(o.div(inBox, o.where(isEmpty, 1, length)), side), 0.5);
  return hats(o, { whole: o.where(isEmpty, -2, position), rest: 0 }, side);
}

/** The weights of the cells 0 … side − 1 in linear interpolation at positions `whole + rest`; zeros outside. `[n, side]` */
function hats(o: Operators, { whole, rest }: { whole: string; rest: string | number }, side: number): string {
  const cells = o.float(...Array.from({ length: side }, (_, i) => i));
  const column = (x: string | number) => (typeof x === 'number' ? x : o.unsqueeze(x, 1));
  const distances = o.apply('Abs', o.add(o.sub(column(whole), cells), column(rest)));
  return o.max(o.sub(1, distances), 0);
}
