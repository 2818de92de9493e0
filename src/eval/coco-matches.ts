import { InputError, messageOf } from '../core/errors.ts';
import { bestFirst } from './best-first.ts';
import { matchDetections } from './matching.ts';
import { areaOf, type EvalCategory, type EvalDetection, type EvalTruth } from './objects.ts';
import type { EvalParams } from './params.ts';
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
      for (const category of new Set([...truthsOf.keys(), ...detectionsOf.keys()])) {
        const tally = this.tallies.get(category);
        if (tally === undefined) continue;
        this.#addCategory(tally, imageId, truthsOf.get(category) ?? [], detectionsOf.get(category) ?? []);
      }
    } catch (error) {
      throw new InputError(`image ${imageId}`, messageOf(error), { cause: error });
    }
  }

  #addCategory(tally: Tally, imageId: number, truths: EvalTruth[], found: EvalDetection[]): void {
    const { areas, iouThresholds, maxDetections } = this.params;
    const detections = bestFirst(found).slice(0, maxDetections[maxDetections.length - 1]);
    const similarity = similarityMatrix(detections, truths, this.params);
    const truthAreas = truths.map(areaOf);
    const detectionAreas = detections.map(areaOf);
    const crowd = truths.map((truth) => (truth.crowd ? 1 : 0));
    const voided = truths.map((truth) => (truth.id === 0 ? 1 : 0));
    const scores = detections.map(({ score }) => score);
    const start = tally.append(imageId, scores, detections.length);
    areas.forEach(({ min, max }, area) => {
      const isOutside = (pixels: number) => (pixels < min || pixels > max ? 1 : 0);
      const ignored = truths.map((truth, i) => (truth.crowd || truth.ignore ? 1 : isOutside(truthAreas[i])));
      tally.addObjects(imageId, area, ignored.filter((flag) => flag === 0).length);
      matchDetections(
        {
          similarity,
          detections: detections.length,
          truths: { ignored, crowd, voided },
          outside: detectionAreas.map((pixels, d) => (detections[d].excused ? 1 : isOutside(pixels))),
          thresholds: iouThresholds,
        },
        tally.outcomes,
        start + area * iouThresholds.length,
        areas.length * iouThresholds.length,
      );
    });
  }
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
