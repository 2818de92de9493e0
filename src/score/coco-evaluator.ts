import type { CocoData } from '../data/coco/dataset.ts';
import { jointsOf } from '../data/coco/joints.ts';
import type { CocoCategory } from '../data/coco/types.ts';
import { CocoEvaluator } from '../eval/coco-evaluator.ts';
import { type EvalParams, type EvalType, evalParams, sigmasFor } from '../eval/params.ts';

/** Parameters that replace COCO's. */
export type ParamOverrides = Partial<Omit<EvalParams, 'type'>>;

/**
 * COCO's parameters for a data set; for `keypoints`, with as many deviations as its categories have keypoints.
 * @throws UsageError if a parameter is out of range; InputError if categories have different keypoints.
 */
export function paramsFor(dataset: CocoData, type: EvalType, overrides: ParamOverrides = {}): EvalParams {
  const joints = type === 'keypoints' ? jointsOf(dataset) : null;
  return evalParams(type, joints ? { sigmas: sigmasFor(joints.names.length), ...overrides } : overrides);
}

/** The categories that an evaluation covers, by ascending id. For `keypoints`, those without keypoints are excluded. */
export function evaluatedCategories(dataset: CocoData, params: EvalParams): CocoCategory[] {
  const hasJoints = params.type === 'keypoints' && jointsOf(dataset) !== null;
  return dataset.categories
    .filter(({ keypoints }) => !hasJoints || keypoints !== undefined)
    .sort((a, b) => a.id - b.id);
}

/** COCO's evaluator for a data set. */
export function cocoEvaluator(dataset: CocoData, params: EvalParams): CocoEvaluator {
  return new CocoEvaluator(params, evaluatedCategories(dataset, params));
}
