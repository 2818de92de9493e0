/** The value in the middle, the greater one of two. @param values At least one. */
export function upperMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
