/*
 * `Math.max(...values)` passes every value as an argument: it overflows the stack at about 120,000 values. These
 * functions take any number.
 */

/** The largest value; `-Infinity` if there is none. NaN is passed over. */
export function largest(values: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** The smallest value; `Infinity` if there is none. NaN is passed over. */
export function smallest(values: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < found) found = value;
  return found;
}
