import type { CocoData } from '../data/coco/dataset.ts';
import { jointsOf } from '../data/coco/joints.ts';
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

/** COCO's evaluator for a data set. For `keypoints`, categories without keypoints are excluded. */
export function cocoEvaluator(dataset: CocoData, params: EvalParams): CocoEvaluator {
  const hasJoints = params.type === 'keypoints' && jointsOf(dataset) !== null;
  const categories = dataset.categories.filter(({ keypoints }) => !hasJoints || keypoints !== undefined);
  return new CocoEvaluator(params, categories);
}
