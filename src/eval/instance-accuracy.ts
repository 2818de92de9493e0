import { InputError, messageOf } from '../core/errors.ts';
import type { EvalDetection, EvalTruth } from './objects.ts';
import type { EvalParams } from './params.ts';
import { checkScoreThreshold } from './score-threshold.ts';
import { similarityMatrix } from './similarity.ts';

/** Counts at one threshold over all pictures, and derived metrics. */
export interface InstanceAccuracy {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /**
   * TP / (TP + FP + FN) of all pictures together, as StarDist's `matching_dataset`; 1 if there is nothing to
   * find or to miss.
   */
  readonly pooled: number;
  /** The same per picture, averaged over the pictures, as scored by the Data Science Bowl 2018. */
  readonly perPicture: number;
}

export interface InstanceAccuracyResult {
  readonly scoreThreshold: number;
  readonly thresholds: readonly InstanceAccuracy[];
  /** Means over the thresholds. */
  readonly meanPooled: number;
  readonly meanPerPicture: number;
}

/**
 * The usual metric of nucleus segmentation: TP / (TP + FP + FN) at IoU thresholds; every detection with a
 * sufficient score counts equally. Detections are matched one to one with objects of their class, as many as
 * possible at IoU ≥ threshold (StarDist's `matching`). Crowds are not objects; an unmatched detection that
 * lies in a crowd by the threshold is not counted.
 */
export class InstanceAccuracyEvaluator {
  readonly #params: Pick<EvalParams, 'type' | 'iouThresholds' | 'sigmas'>;
  readonly #scoreThreshold: number;
  readonly #truePositives: Float64Array;
  readonly #falsePositives: Float64Array;
  readonly #falseNegatives: Float64Array;
  readonly #pictureSums: Float64Array;
  #pictures = 0;

  /**
   * @param scoreThreshold Detections with a lower score are ignored.
   * @throws UsageError if it is not a finite number.
   */
  constructor(params: Pick<EvalParams, 'type' | 'iouThresholds' | 'sigmas'>, scoreThreshold = 0.5) {
    checkScoreThreshold('score', scoreThreshold);
    this.#params = params;
    this.#scoreThreshold = scoreThreshold;
    const zeros = () => new Float64Array(params.iouThresholds.length);
    this.#truePositives = zeros();
    this.#falsePositives = zeros();
    this.#falseNegatives = zeros();
    this.#pictureSums = zeros();
  }

  /**
   * Adds one picture.
   * @throws InputError if an object lacks the data that is compared.
   */
  add(imageId: number, truths: readonly EvalTruth[], detections: readonly EvalDetection[]): void {
    const kept = detections.filter(({ score }) => score >= this.#scoreThreshold);
    const counts = this.#params.iouThresholds.map(() => ({ right: 0, wrong: 0, missed: 0 }));
    try {
      for (const category of new Set([...truths, ...kept].map(({ categoryId }) => categoryId))) {
        const ofCategory = (object: EvalTruth | EvalDetection) => object.categoryId === category;
        this.#count(truths.filter(ofCategory), kept.filter(ofCategory), counts);
      }
    } catch (error) {
      throw new InputError(`image ${imageId}`, messageOf(error), { cause: error });
    }
    this.#pictures++;
    counts.forEach(({ right, wrong, missed }, t) => {
      this.#truePositives[t] += right;
      this.#falsePositives[t] += wrong;
      this.#falseNegatives[t] += missed;
      this.#pictureSums[t] += accuracyOf(right, wrong, missed);
    });
  }

  result(): InstanceAccuracyResult {
    const thresholds = this.#params.iouThresholds.map((threshold, t) => ({
      threshold,
      truePositives: this.#truePositives[t],
      falsePositives: this.#falsePositives[t],
      falseNegatives: this.#falseNegatives[t],
      pooled: accuracyOf(this.#truePositives[t], this.#falsePositives[t], this.#falseNegatives[t]),
      perPicture: this.#pictures === 0 ? 1 : this.#pictureSums[t] / this.#pictures,
    }));
    const mean = (key: 'pooled' | 'perPicture') =>
      thresholds.reduce((sum, row) => sum + row[key], 0) / thresholds.length;
    return {
      scoreThreshold: this.#scoreThreshold,
      thresholds,
      meanPooled: mean('pooled'),
      meanPerPicture: mean('perPicture'),
    };
  }

  #count(
    truths: readonly EvalTruth[],
    detections: readonly EvalDetection[],
    counts: readonly { right: number; wrong: number; missed: number }[],
  ): void {
    const objects = truths.filter(({ crowd }) => !crowd);
    const crowds = truths.filter(({ crowd }) => crowd);
    const similarity = similarityMatrix(detections, objects, this.#params);
    const inCrowd = similarityMatrix(detections, crowds, this.#params);
    this.#params.iouThresholds.forEach((threshold, t) => {
      const matches = largestMatching(similarity, detections.length, objects.length, threshold);
      const right = matches.filter((truth) => truth >= 0).length;
      const excused = matches.filter(
        (truth, d) =>
          truth < 0 &&
          (detections[d].excused || crowds.some((_, c) => inCrowd[d * crowds.length + c] >= threshold)),
      ).length;
      counts[t].right += right;
      counts[t].wrong += detections.length - right - excused;
      counts[t].missed += objects.length - right;
    });
  }
}

function accuracyOf(right: number, wrong: number, missed: number): number {
  const all = right + wrong + missed;
  return all === 0 ? 1 : right / all;
}

/**
 * The largest set of pairs (detection, truth) with similarity ≥ threshold in which no detection and no truth
 * occurs twice (augmenting paths; Kuhn 1955).
 * @returns The truth of each detection, or −1.
 */
export function largestMatching(
  similarity: Float64Array,
  detections: number,
  truths: number,
  threshold: number,
): number[] {
  const truthOf = new Array<number>(detections).fill(-1);
  const detectionOf = new Array<number>(truths).fill(-1);
  const augment = (detection: number, visited: Set<number>): boolean => {
    for (let truth = 0; truth < truths; truth++) {
      if (similarity[detection * truths + truth] < threshold || visited.has(truth)) continue;
      visited.add(truth);
      if (detectionOf[truth] >= 0 && !augment(detectionOf[truth], visited)) continue;
      detectionOf[truth] = detection;
      truthOf[detection] = truth;
      return true;
    }
    return false;
  };
  for (let detection = 0; detection < detections; detection++) augment(detection, new Set());
  return truthOf;
}
