import type { Operators } from './operators.ts';

/** Values that a uint8 can have. */
const depth = 256;

/**
 * `stretchContrast` (image/stretch.ts) as nodes.
 * @param picture `[height, width, 3]` uint8.
 * @param quantiles Those of the picture's values that become 0 and 255.
 * @returns Stretches values of the picture, float32.
 */
export function contrastStretch(
  o: Operators,
  picture: string,
  [low, high]: readonly [number, number],
): (values: string) => string {
  const values = o.cast(o.reshape(picture, [-1]), 'int64');
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
  const isFlat = o.atLeast(from, to);
  const range = o.where(isFlat, 1, o.sub(to, from));
  return (x) => {
    const stretched = o.apply('Round', o.div(o.mul(o.sub(x, from), depth - 1), range));
    return o.where(isFlat, x, o.min(o.max(stretched, 0), depth - 1));
  };
}

function int32(o: Operators, ...values: number[]): string {
  return o.write.constant({ dtype: 'int32', shape: [values.length], data: Int32Array.from(values) });
}
