import { UsageError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';

/** The kind of evaluation: boxes by IoU, masks by IoU, or poses by object keypoint similarity. */
export type EvalType = (typeof evalTypes)[number];

export const evalTypes = ['bbox', 'segm', 'keypoints'] as const;

/** Objects with an area in pixels of min…max, inclusive. */
export interface AreaRange {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface EvalParams {
  readonly type: EvalType;
  /** Similarities at or above which a detection matches an object, ascending. Default 0.5, 0.55 … 0.95. */
  readonly iouThresholds: readonly number[];
  /** Recalls at which precision is sampled, ascending. Default 0, 0.01 … 1. */
  readonly recallThresholds: readonly number[];
  /** Default: all, small (below 32²), medium, large (above 96²); without small for keypoints. */
  readonly areas: readonly AreaRange[];
  /**
   * Maximum numbers of best-scoring detections per picture and class, ascending. Default 1, 10, 100; 20 for
   * keypoints.
   */
  readonly maxDetections: readonly number[];
  /** Per keypoint: annotators' disagreement, in units of the object's √area. Default: COCO's 17 for persons. */
  readonly sigmas: readonly number[];
}

/** Standard deviations of COCO's person keypoints (https://cocodataset.org/#keypoints-eval). */
const cocoSigmas = [
  0.26, 0.25, 0.25, 0.35, 0.35, 0.79, 0.79, 0.72, 0.72, 0.62, 0.62, 1.07, 1.07, 0.87, 0.87, 0.89, 0.89,
].map((tenths) => tenths / 10);

/**
 * COCO's deviations for its 17 keypoints; for other keypoints their mean, since no annotator disagreement was
 * measured.
 */
export function sigmasFor(joints: number): readonly number[] {
  if (joints === cocoSigmas.length) return cocoSigmas;
  const mean = cocoSigmas.reduce((sum, sigma) => sum + sigma, 0) / cocoSigmas.length;
  return new Array<number>(joints).fill(mean);
}

/** Where COCO's ranges of areas end, in pixels: above every picture. */
export const endOfAreas = 1e5 ** 2;

/** The range that has all objects. */
export const allAreas: AreaRange = { name: 'all', min: 0, max: endOfAreas };

const cocoAreas: readonly AreaRange[] = [
  allAreas,
  { name: 'small', min: 0, max: 32 ** 2 },
  { name: 'medium', min: 32 ** 2, max: 96 ** 2 },
  { name: 'large', min: 96 ** 2, max: endOfAreas },
];

/**
 * COCO's parameters for `type` with the caller's overrides; lists are sorted.
 * @throws UsageError if a list is empty or has an invalid value, or an override is unknown.
 * @example
 * ```ts
 * import { CocoEvaluator, cocoMetrics, evalParams } from 'mask-rcnn';
 *
 * const params = evalParams('bbox', { iouThresholds: [0.5, 0.75] });
 * const evaluator = new CocoEvaluator(params, [{ id: 1, name: 'cell' }]);
 * const truth = { id: 1, categoryId: 1, crowd: false, ignore: false, box: [10, 10, 20, 20] } as const;
 * evaluator.add(1, [truth], [{ categoryId: 1, score: 0.9, box: [10, 10, 20, 18] }]);
 * console.log(cocoMetrics(evaluator.result())[0].value);
 * ```
 */
export function evalParams(type: EvalType, overrides: Partial<Omit<EvalParams, 'type'>> = {}): EvalParams {
  if (!evalTypes.includes(type)) {
    throw new UsageError(`type: expected one of ${evalTypes.join(', ')}, got ${String(type)}`);
  }
  checkOptions('evalParams', overrides, {
    iouThresholds: true,
    recallThresholds: true,
    areas: true,
    maxDetections: true,
    sigmas: true,
  });
  const isKeypoints = type === 'keypoints';
  const params: EvalParams = {
    type,
    iouThresholds: ascending(overrides.iouThresholds ?? linearSpace(0.5, 0.95, 10)),
    recallThresholds: ascending(overrides.recallThresholds ?? linearSpace(0, 1, 101)),
    areas: overrides.areas ?? cocoAreas.filter(({ name }) => !isKeypoints || name !== 'small'),
    maxDetections: ascending(overrides.maxDetections ?? (isKeypoints ? [20] : [1, 10, 100])),
    sigmas: overrides.sigmas ?? cocoSigmas,
  };
  check(params.iouThresholds, 'IoU thresholds', (value) => value > 0 && value <= 1);
  check(params.recallThresholds, 'recall thresholds', (value) => value >= 0 && value <= 1);
  check(params.maxDetections, 'numbers of detections', (value) => Number.isInteger(value) && value > 0);
  check(params.sigmas, 'sigmas', (value) => value > 0 && Number.isFinite(value));
  if (params.areas.length === 0) throw new UsageError('areas: expected one range or more, got none');
  for (const { name, min, max } of params.areas)
    if (!(min >= 0 && min < max)) {
      throw new UsageError(`area range "${name}": expected 0 ≤ min < max, got ${min} … ${max}`);
    }
  return params;
}

/** `count` values from start to end with numpy's rounding, because thresholds are compared for equality. */
function linearSpace(start: number, end: number, count: number): number[] {
  const step = (end - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? end : i * step + start));
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function check(values: readonly number[], name: string, isValid: (value: number) => boolean): void {
  const wrong = values.find((value) => !isValid(value));
  if (values.length === 0) throw new UsageError(`${name}: expected one or more, got none`);
  if (wrong !== undefined) throw new UsageError(`${name}: ${wrong} is out of range`);
}
