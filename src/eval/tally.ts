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
  /** Number of outcomes per detection: area ranges × thresholds. */
  readonly cells: number;

  constructor(areas: number, cells: number) {
    this.cells = cells;
    this.positives = new Float64Array(areas);
    this.outcomes = new Uint8Array(16 * cells);
  }

  /**
   * Adds space for detections, all of one picture, by descending score. Returns the index at which their outcomes
   * start.
   */
  append(imageId: number, detections: readonly { readonly score: number }[]): number {
    const { count } = this;
    this.#reserve(count + detections.length);
    for (let rank = 0; rank < detections.length; rank++) {
      this.scores[count + rank] = detections[rank].score;
      this.imageIds[count + rank] = imageId;
      this.ranks[count + rank] = rank;
    }
    this.count += detections.length;
    return count * this.cells;
  }

  /** Adds the objects of a picture that count in an area range. */
  addObjects(imageId: number, area: number, objects: number): void {
    this.positives[area] += objects;
    if (area === 0 && objects > 0) this.objectPictures.push({ imageId, objects });
  }

  /** Indices by descending score; ties by picture id, then by rank. */
  order(): Uint32Array {
    const { count, scores, imageIds } = this;
    let order = new Uint32Array(count);
    let arePicturesAscending = true;
    for (let i = 0; i < count; i++) {
      order[i] = i;
      if (i > 0 && imageIds[i] < imageIds[i - 1]) arePicturesAscending = false;
    }
    if (!arePicturesAscending)
      order = sortDescending(
        order,
        imageIds.map((id) => -id),
      );
    return sortDescending(order, scores);
  }

  #reserve(needed: number): void {
    if (needed <= this.scores.length) return;
    const capacity = Math.max(needed, 2 * this.scores.length);
    this.scores = grown(this.scores, new Float64Array(capacity));
    this.imageIds = grown(this.imageIds, new Float64Array(capacity));
    this.ranks = grown(this.ranks, new Uint32Array(capacity));
    this.outcomes = grown(this.outcomes, new Uint8Array(capacity * this.cells));
  }
}

function grown<T extends { set(source: T): void }>(source: T, target: T): T {
  target.set(source);
  return target;
}

/** Sorts indices by their keys; equal ones keep their order. The engine's sort of typed arrays takes ten times as long. */
function sortDescending(indices: Uint32Array<ArrayBuffer>, keys: Float64Array): Uint32Array<ArrayBuffer> {
  const count = indices.length;
  let from = indices;
  let to = new Uint32Array(count);
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let left = start;
      let right = middle;
      let at = start;
      while (left < middle && right < end)
        to[at++] = keys[from[left]] >= keys[from[right]] ? from[left++] : from[right++];
      while (left < middle) to[at++] = from[left++];
      while (right < end) to[at++] = from[right++];
    }
    [from, to] = [to, from];
  }
  return from;
}
