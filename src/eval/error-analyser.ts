import { InputError, messageOf } from '../core/errors.ts';
import { seededRandom } from '../core/random.ts';
import { accumulate } from './accumulate.ts';
import { drawSample, type Interval, percentileInterval } from './bootstrap.ts';
import { type Calibration, calibrationOf } from './calibration.ts';
import { CocoMatches } from './coco-matches.ts';
import { type ConfusionCell, ConfusionCounter } from './confusion.ts';
import { apByCrowding, type CrowdingGroup } from './crowding.ts';
import { areaOf, type EvalCategory, type EvalDetection, type EvalTruth } from './objects.ts';
import { assignOneToOne } from './one-to-one.ts';
import type { EvalParams, EvalType } from './params.ts';
import { type PictureErrors, pictureErrors, worstPictures } from './picture-errors.ts';
import { comparePicture, type PicturePairs } from './picture-pairs.ts';
import { pooledOutcomes, scoredOutcomes } from './scored-outcomes.ts';
import { type CocoMetric, cocoMetrics } from './summary.ts';
import { bestPoint, type OperatingPoint, pointAt, thresholdCurve } from './threshold-curves.ts';
import { TideEvaluator, type TideResult } from './tide.ts';
import type { TideThresholds } from './tide-picture.ts';
import { type SizeCount, type Verdict, verdictOf } from './verdict.ts';
import { WeightedAp } from './weighted-ap.ts';

/** The figures of one category. */
export interface CategoryErrors extends EvalCategory {
  /** Objects that count. */
  readonly objects: number;
  /** In 0…1; −1 without objects. */
  readonly AP: number;
  readonly AP50: number;
  /** At the threshold with the greatest F1; null if none of its objects is found. */
  readonly best: OperatingPoint | null;
  /** At the score threshold of the analysis; null without objects. */
  readonly current: OperatingPoint | null;
}

/** Where and how a model is wrong. All fractions are in 0…1; the object can be written as JSON. */
export interface ErrorAnalysis {
  readonly type: EvalType;
  /** IoU at or above which a detection counts as correct, wherever a single one is used. */
  readonly iou: number;
  /** Minimum score of the detections in `confusion`, `pictures` and `current`. */
  readonly scoreThreshold: number;
  readonly pictures: number;
  /** Without crowds. */
  readonly objects: number;
  /** Number of best-scoring detections that count: per picture and category for COCO's metrics, per picture for TIDE. */
  readonly maxDetections: number;
  /** Pictures with more objects than `maxDetections`, not all of which can be found. */
  readonly picturesBeyondMax: number;
  readonly metrics: readonly CocoMetric[];
  /** AP with its 95 % bootstrap interval over pictures; null if there is no object. */
  readonly ap: Interval | null;
  /** The costliest error; null if there is none. */
  readonly verdict: Verdict | null;
  readonly tide: TideResult;
  /** Objects and missed ones by area range. */
  readonly sizes: readonly SizeCount[];
  readonly crowding: readonly CrowdingGroup[];
  readonly confusion: readonly ConfusionCell[];
  /** Precision, recall and F1 of all categories together at the thresholds 0, 0.01 … 1. */
  readonly curve: readonly OperatingPoint[];
  /** The threshold with the greatest F1 over all categories together. */
  readonly best: OperatingPoint | null;
  /** At `scoreThreshold`. */
  readonly current: OperatingPoint | null;
  readonly perCategory: readonly CategoryErrors[];
  readonly calibration: Calibration | null;
  /** The pictures with the lowest F1 at `scoreThreshold`, worst first. */
  readonly worst: readonly PictureErrors[];
}

export interface ErrorAnalyserOptions {
  /** Minimum score of the detections that a user sees. Default 0.5. */
  readonly score?: number | undefined;
  /** Number of bootstrap samples. Default 1000. */
  readonly samples?: number | undefined;
}

/** Number of pictures in `ErrorAnalysis.worst`. */
const worstShown = 12;
/** TIDE's IoU up to which a detection lies on the background. */
const backgroundIou = 0.1;
export const defaultSamples = 1000;

/** Analyses the errors of a model, fed picture by picture. It stores scores and flags, no masks. */
export class ErrorAnalyser {
  readonly params: EvalParams;
  readonly thresholds: TideThresholds;
  readonly scoreThreshold: number;
  readonly matches: CocoMatches;
  /** Per picture id: for each object, in the order of the annotations, whether it is found at the score threshold. */
  readonly found = new Map<number, { readonly categoryId: number; readonly isFound: boolean }[]>();
  readonly #samples: number;
  readonly #known: ReadonlySet<number>;
  readonly #most: number;
  readonly #tide: TideEvaluator;
  readonly #confusion = new ConfusionCounter();
  readonly #pictures: PictureErrors[] = [];
  readonly #sizes: { area: string; objects: number; missed: number }[];

  /** @param categories Objects and detections of other categories are ignored. */
  constructor(params: EvalParams, categories: readonly EvalCategory[], options: ErrorAnalyserOptions = {}) {
    const { iouThresholds, maxDetections, areas } = params;
    this.params = params;
    this.scoreThreshold = options.score ?? 0.5;
    this.#samples = options.samples ?? defaultSamples;
    this.#known = new Set(categories.map(({ id }) => id));
    this.#most = maxDetections[maxDetections.length - 1];
    const foreground = iouThresholds.includes(0.5) ? 0.5 : iouThresholds[0];
    this.thresholds = { foreground, background: Math.min(backgroundIou, foreground / 2) };
    this.matches = new CocoMatches(params, categories);
    this.#tide = new TideEvaluator(this.thresholds, this.#most);
    this.#sizes = areas.slice(1).map(({ name }) => ({ area: name, objects: 0, missed: 0 }));
  }

  /**
   * Adds one picture.
   * @throws InputError if the picture was already added, or an object lacks the box or mask that is compared.
   */
  add(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): void {
    this.matches.add(imageId, truths, detections);
    const pairs = this.pairsOf(imageId, truths, detections);
    const judged = this.#tide.add(pairs);
    judged.objects.forEach((state, o) => {
      this.#countSize(areaOf(pairs.objects[o]), state === 'missed');
    });
    const assignment = assignOneToOne(pairs, this.scoreThreshold, this.thresholds.foreground);
    this.#confusion.add(pairs, assignment);
    this.#pictures.push(pictureErrors(pairs, assignment));
    this.found.set(
      imageId,
      pairs.objects.map(({ categoryId }, o) => {
        const detection = assignment.detectionOf[o];
        const isFound = detection >= 0 && pairs.detections[detection].categoryId === categoryId;
        return { categoryId, isFound };
      }),
    );
  }

  /** The objects and detections of a picture, compared as the analysis compares them. @throws InputError as `add` does. */
  pairsOf(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): PicturePairs {
    try {
      return comparePicture(imageId, truths, detections, { params: this.params, known: this.#known });
    } catch (error) {
      throw new InputError(`image ${imageId}`, messageOf(error), { cause: error });
    }
  }

  result(): ErrorAnalysis {
    const { params, matches, thresholds, scoreThreshold } = this;
    const evaluation = accumulate(params, matches.categories, matches.tallies);
    const metrics = cocoMetrics(evaluation);
    const perCategory = scoredOutcomes(matches, params.iouThresholds.indexOf(thresholds.foreground));
    const pooled = pooledOutcomes(perCategory);
    const weighted = new WeightedAp(matches);
    const tide = this.#tide.result();
    const confusion = this.#confusion.cells();
    const objects = this.#pictures.map(({ imageId, objects: count }) => [imageId, count] as const);
    return {
      type: params.type,
      iou: thresholds.foreground,
      scoreThreshold,
      pictures: this.#pictures.length,
      objects: objects.reduce((sum, [, count]) => sum + count, 0),
      maxDetections: this.#most,
      picturesBeyondMax: objects.filter(([, count]) => count > this.#most).length,
      metrics,
      ap: apInterval(weighted, this.#samples),
      verdict: verdictOf({ tide, metrics, sizes: this.#sizes, confusion }),
      tide,
      sizes: this.#sizes,
      crowding: apByCrowding(weighted, new Map(objects)),
      confusion,
      curve: thresholdCurve(pooled),
      best: bestPoint(pooled),
      current: pointAt(pooled, scoreThreshold),
      perCategory: matches.categories.map(({ id, name }, k) => {
        const [AP, AP50] = cocoMetrics(evaluation, k).map(({ value }) => value);
        const outcomes = perCategory[k];
        return {
          ...{ id, name, objects: outcomes.objects, AP, AP50 },
          best: bestPoint(outcomes),
          current: pointAt(outcomes, scoreThreshold),
        };
      }),
      calibration: calibrationOf(pooled),
      worst: worstPictures(this.#pictures, worstShown),
    };
  }

  /** Counts an object in the first area range that contains it. */
  #countSize(area: number, isMissed: boolean): void {
    const index = this.params.areas.slice(1).findIndex(({ min, max }) => area >= min && area <= max);
    if (index < 0) return;
    this.#sizes[index].objects++;
    if (isMissed) this.#sizes[index].missed++;
  }
}

function apInterval(weighted: WeightedAp, samples: number): Interval | null {
  const weights = new Uint32Array(weighted.imageIds.length).fill(1);
  const { ap } = weighted.measure(weights);
  if (Number.isNaN(ap)) return null;
  const random = seededRandom(0);
  const sampled = Array.from({ length: samples }, () => {
    drawSample(random, weights);
    return weighted.measure(weights).ap;
  });
  return percentileInterval(ap, sampled);
}
