/** Time elapsed since a `performance.now()` timestamp. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(2)} s`;
}
