import type { Interval } from './bootstrap.ts';
import type { Calibration } from './calibration.ts';
import type { ConfusionCell } from './confusion.ts';
import type { CrowdingGroup } from './crowding.ts';
import type { EvalCategory } from './objects.ts';
import type { EvalType } from './params.ts';
import type { PictureErrors } from './picture-errors.ts';
import type { CocoMetric } from './summary.ts';
import type { OperatingPoint } from './threshold-curves.ts';
import type { TideResult } from './tide.ts';
import type { SizeCount, Verdict } from './verdict.ts';

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
  /** Number of bootstrap samples. */
  readonly samples: number;
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
