import type { Operators } from './operators.ts';
import { splitProduct } from './split-product.ts';

/** Where output positions along a side lie among the inputs: out = in[before] + (in[after] − in[before]) · weight. */
interface Interpolation {
  /** `[to]` int64 */
  before: string;
  after: string;
  /** `[to]` */
  weight: string;
}

/**
 * Linear interpolation along one side, pixel centres at half-integers (`interpolateAlong` in core/interpolation.ts).
 * @param scale Inputs per output.
 * @param from, to Numbers of inputs and outputs, `[1]` int64.
 */
export function interpolation(
  o: Operators,
  scale: string,
  { from, to }: { from: string; to: string },
): Interpolation {
  const centres = o.add(o.cast(o.range(to), 'float32'), 0.5);
  const { whole, rest } = splitProduct(o, centres, scale);
  const shifted = o.sub(rest, 0.5);
  const isBefore = o.cast(o.less(shifted, 0), 'float32');
  const exact = o.sub(whole, isBefore);
  const isOutside = o.less(exact, 0);
  const weight = o.where(isOutside, 0, o.add(shifted, isBefore));
  const last = o.sub(from, o.int(1));
  const before = o.min(o.cast(o.max(exact, 0), 'int64'), last);
  return { before, after: o.min(o.add(before, o.int(1)), last), weight };
}

export function blend(o: Operators, [first, second]: readonly [string, string], weight: string): string {
  return o.add(first, o.mul(o.sub(second, first), weight));
}
