/**
 * The data that evaluation stores about the detections of one class, without masks and boxes: columns that
 * grow by doubling.
 */
export class Tally {
  /** Detections so far. */
  count = 0;
  scores = new Float64Array(16);
  imageIds = new Float64Array(16);
  /** Rank by score among the detections of its picture and class, from 0. */
  ranks = new Uint32Array(16);
  /** `outcome` of each detection: [count, areas, thresholds]. */
  outcomes: Uint8Array;
  /** Number of objects that count, for each area range. */
  readonly positives: Float64Array;
  /** Pictures with objects that count in the first area range, and how many. */
  readonly objectPictures: { readonly imageId: number; readonly objects: number }[] = [];
  readonly #cells: number;

  /** @param cells Number of outcomes per detection: area ranges × thresholds. */
  constructor(areas: number, cells: number) {
    this.#cells = cells;
    this.positives = new Float64Array(areas);
    this.outcomes = new Uint8Array(16 * cells);
  }

  /**
   * Adds space for `added` detections, all of one picture, by descending score. Returns the index at which
   * their outcomes start.
   */
  append(imageId: number, scores: ArrayLike<number>, added: number): number {
    this.#reserve(this.count + added);
    for (let i = 0; i < added; i++) {
      this.scores[this.count + i] = scores[i];
      this.imageIds[this.count + i] = imageId;
      this.ranks[this.count + i] = i;
    }
    const start = this.count * this.#cells;
    this.count += added;
    return start;
  }

  /** Adds the objects of a picture that count in an area range. */
  addObjects(imageId: number, area: number, objects: number): void {
    this.positives[area] += objects;
    if (area === 0 && objects > 0) this.objectPictures.push({ imageId, objects });
  }

  /** Indices by descending score; ties by picture id, then by rank. */
  order(): Uint32Array {
    const { scores, imageIds, ranks } = this;
    return Uint32Array.from({ length: this.count }, (_, i) => i).sort(
      (a, b) => scores[b] - scores[a] || imageIds[a] - imageIds[b] || ranks[a] - ranks[b],
    );
  }

  #reserve(needed: number): void {
    if (needed <= this.scores.length) return;
    const capacity = Math.max(needed, 2 * this.scores.length);
    this.scores = grown(this.scores, new Float64Array(capacity));
    this.imageIds = grown(this.imageIds, new Float64Array(capacity));
    this.ranks = grown(this.ranks, new Uint32Array(capacity));
    this.outcomes = grown(this.outcomes, new Uint8Array(capacity * this.#cells));
  }
}

function grown<T extends { set(source: T): void }>(source: T, target: T): T {
  target.set(source);
  return target;
}
