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
   * Adds space for detections, all of one picture, by descending score. Returns the index at which their outcomes
   * start.
   */
  append(imageId: number, detections: readonly { readonly score: number }[]): number {
    const added = detections.length;
    this.#reserve(this.count + added);
    for (let i = 0; i < added; i++) {
      this.scores[this.count + i] = detections[i].score;
      this.imageIds[this.count + i] = imageId;
      this.ranks[this.count + i] = i;
    }
    const start = this.count * this.#cells;
    this.count += added;
    return start;
  }

  /** Adds the objects of a picture. @param ignored Which of them do not count in an area range. */
  addObjects(imageId: number, area: number, ignored: readonly number[]): void {
    let objects = 0;
    for (const flag of ignored) if (flag === 0) objects++;
    this.positives[area] += objects;
    if (area === 0 && objects > 0) this.objectPictures.push({ imageId, objects });
  }

  /** Indices by descending score; ties by picture id, then by rank. */
  order(): Uint32Array {
    const { scores, imageIds, ranks } = this;
    return mergeSorted(
      this.count,
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

/** The integers below `count`, sorted. The engine's sort of typed arrays takes three times as long. */
function mergeSorted(count: number, compare: (a: number, b: number) => number): Uint32Array {
  let from = new Uint32Array(count);
  let to = new Uint32Array(count);
  for (let i = 0; i < count; i++) from[i] = i;
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takesLeft = left < middle && (right === end || compare(from[left], from[right]) <= 0);
        to[at] = takesLeft ? from[left++] : from[right++];
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
