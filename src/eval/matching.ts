/** The outcome of a detection at one threshold and area range; counting (`Curve.draw`) depends on the values. */
export const outcome = { falsePositive: 0, truePositive: 1, ignored: 2 } as const;

/** The objects and detections of one picture and class. */
export interface Compared {
  /** [detections, objects] row-major, detections by descending score. */
  readonly similarity: Float64Array;
  readonly detections: number;
  /** Per object. */
  readonly crowd: Uint8Array;
  readonly thresholds: readonly number[];
}

/** Matches detections with objects as COCO's evaluator does (`evaluateImg`). */
export class Matcher {
  /** [detections, thresholds]: index of the object that a detection matches, −1 if there is none. */
  matches = new Int32Array(64);
  #compared: Compared = {
    similarity: new Float64Array(),
    detections: 0,
    crowd: new Uint8Array(),
    thresholds: [],
  };
  /** Whether `matches` are those in which all objects count. */
  #isPlain = false;
  /** Whether a detection has taken an object. */
  #taken = new Uint8Array(16);
  /** Of the objects. */
  #order = new Int32Array(16);

  /** The objects and detections of the next calls of `match`. */
  compare(compared: Compared): void {
    this.#compared = compared;
    this.#isPlain = false;
    const { detections, thresholds, crowd } = compared;
    if (detections * thresholds.length > this.matches.length)
      this.matches = new Int32Array(2 * detections * thresholds.length);
    if (crowd.length > this.#taken.length) {
      this.#taken = new Uint8Array(2 * crowd.length);
      this.#order = new Int32Array(2 * crowd.length);
    }
  }

  /**
   * By descending score, each detection takes the most similar free object with at least the threshold's similarity,
   * preferring objects that count over those that do not. A crowd can be taken any number of times. Among equals the
   * last one is taken.
   * @param ignored Per object: whether it does not count.
   * @param counted Number of objects that count.
   */
  match(ignored: Uint8Array, counted: number): void {
    // Where none counts, each is as good as any other too.
    const isPlain = counted === 0 || counted === ignored.length;
    if (isPlain && this.#isPlain) return;
    this.#isPlain = isPlain;
    const { similarity, detections, crowd, thresholds } = this.#compared;
    const { matches } = this;
    const [taken, order] = [this.#taken, this.#order];
    const objects = ignored.length;
    orderCountingFirst(ignored, order);
    for (let t = 0; t < thresholds.length; t++) {
      const threshold = Math.min(thresholds[t], 1 - 1e-10);
      for (let i = 0; i < objects; i++) taken[i] = 0;
      for (let d = 0; d < detections; d++) {
        let best = threshold;
        let match = -1;
        for (let i = 0; i < objects; i++) {
          const object = order[i];
          const value = similarity[d * objects + object];
          if (value < best || (taken[object] && !crowd[object])) continue;
          // From here on all are ignored; one that counts takes precedence.
          if (match >= 0 && !ignored[match] && ignored[object]) break;
          best = value;
          match = object;
        }
        if (match >= 0) taken[match] = 1;
        matches[d * thresholds.length + t] = match;
      }
    }
  }
}

/** Indices of those that count, then of the ignored ones, each in order. */
function orderCountingFirst(ignored: Uint8Array, indices: Int32Array): void {
  let at = 0;
  for (let i = 0; i < ignored.length; i++) if (!ignored[i]) indices[at++] = i;
  for (let i = 0; i < ignored.length; i++) if (ignored[i]) indices[at++] = i;
}
