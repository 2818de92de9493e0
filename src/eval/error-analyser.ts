import { InputError, messageOf } from '../core/errors.ts';
import { seededRandom } from '../core/random.ts';
import { accumulate, type CocoEvaluation, emptyEvaluation } from './accumulate.ts';
import { drawSample, type Interval, percentileInterval } from './bootstrap.ts';
import { calibrationOf } from './calibration.ts';
import { CocoMatches } from './coco-matches.ts';
import { ConfusionCounter } from './confusion.ts';
import { apByCrowding } from './crowding.ts';
import type { ErrorAnalysis } from './error-analysis.ts';
import { areaOf, type EvalCategory, type EvalDetection, type EvalTruth } from './objects.ts';
import { assignOneToOne } from './one-to-one.ts';
import type { EvalParams } from './params.ts';
import { type PictureErrors, pictureErrors, worstPictures } from './picture-errors.ts';
import { comparePicture, type PicturePairs } from './picture-pairs.ts';
import { pooledOutcomes, scoredOutcomes } from './scored-outcomes.ts';
import { cocoMetrics } from './summary.ts';
import { bestPoint, pointAt, thresholdCurve } from './threshold-curves.ts';
import { TideEvaluator } from './tide.ts';
import type { TideThresholds } from './tide-picture.ts';
import { verdictOf } from './verdict.ts';
import { WeightedAp } from './weighted-ap.ts';

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

  /** The analysis of all pictures so far, and the curves of its metrics. */
  result(): { analysis: ErrorAnalysis; evaluation: CocoEvaluation } {
    const { params, matches, thresholds, scoreThreshold } = this;
    const evaluation = emptyEvaluation(params, matches.categories);
    accumulate(evaluation, matches.tallies);
    const metrics = cocoMetrics(evaluation);
    const perCategory = scoredOutcomes(matches, params.iouThresholds.indexOf(thresholds.foreground));
    const pooled = pooledOutcomes(perCategory);
    const weighted = new WeightedAp(matches);
    const tide = this.#tide.result();
    const confusion = this.#confusion.cells();
    const objects = this.#pictures.map(({ imageId, objects: count }) => [imageId, count] as const);
    const analysis: ErrorAnalysis = {
      type: params.type,
      iou: thresholds.foreground,
      scoreThreshold,
      pictures: this.#pictures.length,
      objects: objects.reduce((sum, [, count]) => sum + count, 0),
      maxDetections: this.#most,
      picturesBeyondMax: objects.filter(([, count]) => count > this.#most).length,
      metrics,
      samples: this.#samples,
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
    return { analysis, evaluation };
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
