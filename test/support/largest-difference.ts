/**
 * The largest absolute difference between values of equal number; NaN where one is NaN, so that no bound holds.
 * @param step Of `actual`, only every `step`-th value is compared; default 1.
 */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>, step = 1): number {
  const count = Math.ceil(actual.length / step);
  if (count !== expected.length) throw new Error(`${count} values, expected ${expected.length}`);
  // A plain loop: the stages of a large picture are tens of millions of values.
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const difference = Math.abs(actual[i * step] - expected[i]);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) return largest;
  }
  return largest;
}
