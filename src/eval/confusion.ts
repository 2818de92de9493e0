import { type Assignment, inCrowd } from './one-to-one.ts';
import type { PicturePairs } from './picture-pairs.ts';

/** A cell of the confusion matrix that is not 0. */
export interface ConfusionCell {
  /** Category id of the object; null: there is none. */
  readonly truth: number | null;
  /** Category id of the detection; null: the object was missed. */
  readonly predicted: number | null;
  readonly count: number;
}

/** Counts pairs of true and predicted category over all pictures, from one-to-one assignments. */
export class ConfusionCounter {
  readonly #counts = new Map<string, { truth: number | null; predicted: number | null; count: number }>();

  add({ objects, detections }: PicturePairs, { shown, objectOf, detectionOf }: Assignment): void {
    for (let d = 0; d < shown; d++) {
      const object = objectOf[d];
      if (object === inCrowd) continue;
      this.#count(object < 0 ? null : objects[object].categoryId, detections[d].categoryId);
    }
    detectionOf.forEach((detection, o) => {
      if (detection < 0) this.#count(objects[o].categoryId, null);
    });
  }

  /** The cells that are not 0, by descending count. */
  cells(): ConfusionCell[] {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count);
  }

  #count(truth: number | null, predicted: number | null): void {
    const key = `${truth} ${predicted}`;
    const cell = this.#counts.get(key);
    if (cell === undefined) this.#counts.set(key, { truth, predicted, count: 1 });
    else cell.count++;
  }
}
