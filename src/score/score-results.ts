import { InputError } from '../core/errors.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { jointsOf } from '../data/coco/joints.ts';
import type { ResultsTable } from '../data/coco/results-table.ts';
import type { EvalType } from '../eval/params.ts';
import { areaRuleOf } from './eval-detection.ts';
import {
  type DetectedPicture,
  type PictureEvaluator,
  type ScoringRules,
  scorePicture,
  type WantsMask,
} from './score-picture.ts';

export interface ScoreOptions extends Pick<ScoringRules, 'acrossCategories'> {
  readonly type: EvalType;
  /** Called after each picture with the number done so far. */
  readonly onPicture?: (done: number) => void;
  /** Which pictures to pass. Default: all. */
  readonly only?: ReadonlySet<number>;
}

/**
 * Passes every picture of the data set, by ascending id, with its results to an evaluator.
 * @throws InputError naming the file and the annotation or record if the data that `type` compares is absent or damaged.
 */
export function scoreResults(
  dataset: CocoData,
  results: ResultsTable,
  { type, acrossCategories = false, onPicture, only }: ScoreOptions,
  evaluator: PictureEvaluator,
): void {
  const joints = type === 'keypoints' ? (jointsOf(dataset)?.names.length ?? 0) : 0;
  const rules = { type, joints, areaRule: areaRuleOf(results), acrossCategories };
  const order = results.images
    .map((_, index) => index)
    .filter((i) => only?.has(results.images[i].id) ?? true);
  order.sort((a, b) => results.images[a].id - results.images[b].id);
  order.forEach((index, done) => {
    const image = results.images[index];
    const picture: DetectedPicture = {
      image,
      annotations: dataset.annotationsOf(image.id),
      detections: (wantsMask: WantsMask) => results.detectionsOf(index, wantsMask),
    };
    try {
      scorePicture(picture, rules, evaluator);
    } catch (error) {
      throw ofFile(dataset.source, error);
    }
    onPicture?.(done + 1);
  });
}

/** What is wrong with an annotation, with the name of its data set. */
function ofFile(source: string, error: unknown): unknown {
  const isAnnotation = error instanceof InputError && error.source.startsWith('annotation ');
  return isAnnotation ? new InputError(source, error.message, { cause: error }) : error;
}
