import { UsageError } from '../core/errors.ts';

export interface SemanticScores {
  /** Fraction of the pixels whose class is correct. */
  readonly accuracy: number;
  /** Per class: intersection over union of its predicted and true pixels; NaN if it has neither. */
  readonly iou: readonly number[];
  /** Mean over the classes that occur. */
  readonly meanIou: number;
}

/**
 * Counts pixels by true and predicted class over any number of pictures (the confusion matrix of
 * torchvision's segmentation reference; Long et al. 2015, section 5).
 */
export class SemanticEvaluator {
  readonly #classes: number;
  /** `[true, predicted]` */
  readonly #counts: Float64Array;

  constructor(classes: number) {
    this.#classes = classes;
    this.#counts = new Float64Array(classes * classes);
  }

  /**
   * Adds one picture.
   * @param truth Class of each pixel; pixels of unknown classes, such as 255, are ignored.
   * @throws UsageError if the two differ in size.
   */
  add(truth: Uint8Array, predicted: Uint8Array): void {
    if (truth.length !== predicted.length) {
      throw new UsageError(`${truth.length} true pixels, ${predicted.length} predicted`);
    }
    for (let i = 0; i < truth.length; i++) {
      if (truth[i] < this.#classes) this.#counts[truth[i] * this.#classes + predicted[i]]++;
    }
  }

  result(): SemanticScores {
    const classes = [...Array(this.#classes).keys()];
    const count = (of: number, as: number) => this.#counts[of * this.#classes + as];
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const iou = classes.map((c) => {
      const union = sum(classes.map((other) => count(c, other) + count(other, c))) - count(c, c);
      return count(c, c) / union;
    });
    const occurring = iou.filter((value) => !Number.isNaN(value));
    return {
      accuracy: sum(classes.map((c) => count(c, c))) / sum([...this.#counts]),
      iou,
      meanIou: sum(occurring) / occurring.length,
    };
  }
}
