/**
 * A precision–recall curve: one point for every true positive, or for several with the same score, in the order of
 * descending scores.
 */
export class PrecisionPoints {
  /** Points so far. */
  count = 0;
  /** True positives up to each point. */
  readonly found: Float64Array;
  readonly precision: Float64Array;

  constructor(capacity: number) {
    this.found = new Float64Array(capacity);
    this.precision = new Float64Array(capacity);
  }

  add(found: number, precision: number): void {
    this.found[this.count] = found;
    this.precision[this.count] = precision;
    this.count++;
  }

  /**
   * Sum over `recalls` of the best precision at that or any higher recall; 0 for those that are not reached.
   * @param positives Objects to find, at least 1.
   * @param recalls Ascending.
   */
  sum(positives: number, recalls: readonly number[]): number {
    let recall = recalls.length - 1;
    let best = 0;
    let sum = 0;
    for (let point = this.count - 1; point >= 0 && recall >= 0; point--) {
      const reached = this.found[point] / positives;
      while (recall >= 0 && recalls[recall] > reached) {
        sum += best;
        recall--;
      }
      if (this.precision[point] > best) best = this.precision[point];
    }
    return this.count === 0 ? 0 : sum + best * (recall + 1);
  }
}
