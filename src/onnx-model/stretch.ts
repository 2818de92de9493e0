import type { Operators } from './operators.ts';

/** Values that a uint8 can have. */
const depth = 256;

/**
 * `stretchContrast` (image/stretch.ts) as nodes.
 * @param picture `[height, width, 3]` uint8.
 * @param quantiles Those of the picture's values that become 0 and 255.
 * @returns What each value becomes, `[256]` float32.
 */
export function contrastTable(o: Operators, picture: string, [low, high]: readonly [number, number]): string {
  const values = o.cast(o.reshape(picture, [-1]), 'int32');
  const ones = o.apply('Expand', int32(o, 1), o.apply('Shape', values));
  const bins = int32(o, ...new Array<number>(depth).fill(0));
  const histogram = o.write.value('ScatterElements', [bins, values, ones], { axis: 0, reduction: 'add' });
  const seen = o.cast(o.write.value('CumSum', [histogram, o.index(0)]), 'float64');
  const total = o.cast(o.extent(values, 0), 'float64');
  // As many values as have been seen too seldom: those before the first that this share, and at least one, does not exceed.
  const quantile = (share: number) => {
    const count = o.max(o.mul(total, o.double(share)), o.double(1));
    return o.min(o.sum(o.cast(o.less(seen, count), 'float32'), [0], 1), depth - 1);
  };
  const [from, to] = [quantile(low), quantile(high)];
  const all = o.float(...Array.from({ length: depth }, (_, value) => value));
  const isFlat = o.atLeast(from, to);
  const range = o.where(isFlat, 1, o.sub(to, from));
  const scaled = o.mul(o.sub(all, from), depth - 1);
  const stretched = o.min(o.max(roundedQuotient(o, scaled, range), 0), depth - 1);
  return o.where(isFlat, all, stretched);
}

/**
 * Quotients of whole numbers below 2¹⁶ and 2⁸, rounded to the nearest, halves to even. Some runtimes multiply by the
 * reciprocal, which would move halves to either side.
 */
function roundedQuotient(o: Operators, dividends: string, divisor: string): string {
  // A half more cannot reach the next multiple of the divisor.
  const whole = o.apply('Floor', o.div(o.add(dividends, 0.5), divisor));
  const isOdd = o.sub(whole, o.mul(o.apply('Floor', o.mul(whole, 0.5)), 2));
  const twice = o.mul(o.sub(dividends, o.mul(whole, divisor)), 2);
  const isUp = o.greater(o.add(twice, o.mul(isOdd, 0.5)), divisor);
  return o.add(whole, o.cast(isUp, 'float32'));
}

function int32(o: Operators, ...values: number[]): string {
  return o.write.constant({ dtype: 'int32', shape: [values.length], data: Int32Array.from(values) });
}
