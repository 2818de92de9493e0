import { InputError, messageOf } from '../core/errors.ts';
import { bestFirst } from './best-first.ts';
import { matchDetections, outcome } from './matching.ts';
import { areaOf, type EvalCategory, type EvalDetection, type EvalTruth } from './objects.ts';
import type { AreaRange, EvalParams } from './params.ts';
import { similarityMatrix } from './similarity.ts';
import { Tally } from './tally.ts';

/** COCO's matches of detections with objects, category by category: scores and outcomes, but no masks. */
export class CocoMatches {
  readonly params: EvalParams;
  /** By ascending id. */
  readonly categories: readonly EvalCategory[];
  /** By category id. */
  readonly tallies = new Map<number, Tally>();
  readonly #seen = new Set<number>();

  /** @param categories Objects and detections of other categories are ignored. */
  constructor(params: EvalParams, categories: readonly EvalCategory[]) {
    this.params = params;
    this.categories = categories.toSorted((a, b) => a.id - b.id);
    const areas = params.areas.length;
    for (const { id } of categories)
      this.tallies.set(id, new Tally(areas, areas * params.iouThresholds.length));
  }

  /** The pictures so far, by ascending id. */
  imageIds(): number[] {
    return [...this.#seen].sort((a, b) => a - b);
  }

  /**
   * Adds one picture.
   * @throws InputError if the picture was already added, or an object lacks the data that is compared.
   */
  add(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): void {
    if (this.#seen.has(imageId)) throw new InputError(`image ${imageId}`, 'was already evaluated');
    this.#seen.add(imageId);
    try {
      const truthsOf = byCategory(truths);
      const detectionsOf = byCategory(detections);
      for (const [category, group] of truthsOf)
        this.#addCategory(category, imageId, group, detectionsOf.get(category) ?? []);
      for (const [category, group] of detectionsOf)
        if (!truthsOf.has(category)) this.#addCategory(category, imageId, [], group);
    } catch (error) {
      throw new InputError(`image ${imageId}`, messageOf(error), { cause: error });
    }
  }

  #addCategory(
    category: number,
    imageId: number,
    truths: readonly EvalTruth[],
    found: readonly EvalDetection[],
  ): void {
    const tally = this.tallies.get(category);
    if (tally === undefined) return;
    const { areas, iouThresholds, maxDetections } = this.params;
    const most = maxDetections[maxDetections.length - 1];
    const ranked = bestFirst(found);
    const detections = ranked.length > most ? ranked.slice(0, most) : ranked;
    const first = tally.append(imageId, detections);
    const truthAreas = truths.map(areaOf);
    const detectionAreas = detections.map(areaOf);
    const stride = areas.length * iouThresholds.length;
    if (truths.length === 0) {
      this.#judgeUnmatched(tally.outcomes.subarray(first), detections, detectionAreas);
      return;
    }
    const similarity = similarityMatrix(detections, truths, this.params);
    const crowd = truths.map(({ crowd: isCrowd }) => (isCrowd ? 1 : 0));
    const voided = truths.map(({ id }) => (id === 0 ? 1 : 0));
    for (let area = 0; area < areas.length; area++) {
      const range = areas[area];
      const ignored = truthAreas.map((pixels, i) =>
        isOutside(range, pixels) || truths[i].crowd || truths[i].ignore ? 1 : 0,
      );
      const outside = detectionAreas.map((pixels, d) =>
        isOutside(range, pixels) || detections[d].excused ? 1 : 0,
      );
      tally.addObjects(imageId, area, ignored);
      matchDetections(
        {
          similarity,
          detections: detections.length,
          truths: { ignored, crowd, voided },
          outside,
          thresholds: iouThresholds,
        },
        tally.outcomes,
        first + area * iouThresholds.length,
        stride,
      );
    }
  }

  /** Most detections are in pictures without objects of their category. @param outcomes All false positives. */
  #judgeUnmatched(
    outcomes: Uint8Array,
    detections: readonly EvalDetection[],
    pixels: readonly number[],
  ): void {
    const { areas, iouThresholds } = this.params;
    let at = 0;
    for (let d = 0; d < detections.length; d++) {
      for (const range of areas) {
        if (detections[d].excused || isOutside(range, pixels[d]))
          outcomes.fill(outcome.ignored, at, at + iouThresholds.length);
        at += iouThresholds.length;
      }
    }
  }
}

function isOutside({ min, max }: AreaRange, pixels: number): boolean {
  return pixels < min || pixels > max;
}

function byCategory<T extends { readonly categoryId: number }>(objects: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const object of objects) {
    const group = groups.get(object.categoryId);
    if (group === undefined) groups.set(object.categoryId, [object]);
    else group.push(object);
  }
  return groups;
}
