import { InputError, messageOf } from '../core/errors.ts';
import { requireFiniteScores } from './best-first.ts';
import { Matcher, outcome } from './matching.ts';
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
  readonly #matcher = new Matcher();

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
      const known = <T extends Categorised>(objects: readonly T[]) =>
        objects.filter(({ categoryId }) => this.tallies.has(categoryId));
      const found = known(detections);
      requireFiniteScores(found);
      this.#addGroups(imageId, known(truths).sort(byCategory), found.sort(byCategoryBestFirst));
    } catch (error) {
      throw new InputError(`image ${imageId}`, messageOf(error), { cause: error });
    }
  }

  /** @param truths, detections Of known categories, by category; the detections of one by descending score. */
  #addGroups(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): void {
    const most = this.params.maxDetections[this.params.maxDetections.length - 1];
    let [truth, detection] = [0, 0];
    while (truth < truths.length || detection < detections.length) {
      const id = firstCategory(truths[truth], detections[detection]);
      const truthsEnd = endOfCategory(truths, truth, id);
      const detectionsEnd = endOfCategory(detections, detection, id);
      const tally = this.tallies.get(id)!;
      const found = detections.slice(detection, Math.min(detectionsEnd, detection + most));
      const first = tally.append(imageId, found);
      // Most detections are in pictures without objects of their category.
      if (truth === truthsEnd) this.#judgeUnmatched(tally, first, found);
      else this.#judge(tally, first, { imageId, truths: truths.slice(truth, truthsEnd), found });
      [truth, detection] = [truthsEnd, detectionsEnd];
    }
  }

  /** @param first Index of the first outcome, which is followed by the others; all are false positives. */
  #judge(tally: Tally, first: number, { imageId, truths, found }: Group): void {
    const { areas, iouThresholds } = this.params;
    const thresholds = iouThresholds.length;
    const matcher = this.#matcher;
    const crowd = new Uint8Array(truths.length);
    for (let i = 0; i < truths.length; i++) crowd[i] = truths[i].crowd === true ? 1 : 0;
    matcher.compare({
      similarity: similarityMatrix(found, truths, this.params),
      detections: found.length,
      crowd,
      thresholds: iouThresholds,
    });
    const { matches } = matcher;
    const { outcomes } = tally;
    const truthAreas = truths.map(areaOf);
    const foundAreas = found.map(areaOf);
    const ignored = new Uint8Array(truths.length);
    for (let area = 0; area < areas.length; area++) {
      const range = areas[area];
      let counted = 0;
      for (let i = 0; i < truths.length; i++) {
        const isIgnored = crowd[i] === 1 || truths[i].ignore === true || isOutside(range, truthAreas[i]);
        ignored[i] = isIgnored ? 1 : 0;
        counted += 1 - ignored[i];
      }
      tally.addObjects(imageId, area, counted);
      matcher.match(ignored, counted);
      for (let d = 0; d < found.length; d++) {
        const isExcused = found[d].excused === true || isOutside(range, foundAreas[d]);
        const unmatched = isExcused ? outcome.ignored : outcome.falsePositive;
        const at = first + (d * areas.length + area) * thresholds;
        for (let t = 0; t < thresholds; t++) {
          const match = matches[d * thresholds + t];
          if (match < 0) outcomes[at + t] = unmatched;
          else if (ignored[match]) outcomes[at + t] = outcome.ignored;
          // A match with an object of id 0 counts as none (see `EvalTruth.id`).
          else outcomes[at + t] = truths[match].id === 0 ? unmatched : outcome.truePositive;
        }
      }
    }
  }

  #judgeUnmatched({ outcomes }: Tally, first: number, found: readonly EvalDetection[]): void {
    const { areas, iouThresholds } = this.params;
    let at = first;
    for (const detection of found) {
      const pixels = areaOf(detection);
      for (const range of areas) {
        const end = at + iouThresholds.length;
        if (detection.excused || isOutside(range, pixels))
          for (let cell = at; cell < end; cell++) outcomes[cell] = outcome.ignored;
        at = end;
      }
    }
  }
}

/** The objects and detections of one picture and category. */
interface Group {
  readonly imageId: number;
  readonly truths: readonly EvalTruth[];
  /** By descending score. */
  readonly found: readonly EvalDetection[];
}

interface Categorised {
  readonly categoryId: number;
}

function byCategory(a: Categorised, b: Categorised): number {
  return a.categoryId - b.categoryId;
}

/** Of equal scores, in their order. */
function byCategoryBestFirst(a: EvalDetection, b: EvalDetection): number {
  return a.categoryId - b.categoryId || b.score - a.score;
}

/** The smaller category of two objects, of which one may be absent. */
function firstCategory(a: Categorised | undefined, b: Categorised | undefined): number {
  if (a === undefined || (b !== undefined && b.categoryId < a.categoryId)) return b!.categoryId;
  return a.categoryId;
}

/** Index after the last object of a category, from `first` on. */
function endOfCategory(objects: readonly Categorised[], first: number, id: number): number {
  let end = first;
  while (end < objects.length && objects[end].categoryId === id) end++;
  return end;
}

function isOutside({ min, max }: AreaRange, pixels: number): boolean {
  return pixels < min || pixels > max;
}
