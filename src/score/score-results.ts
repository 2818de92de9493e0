import type { CocoData } from '../data/coco/coco.ts';
import { jointsOf } from '../data/coco/joints.ts';
import type { ResultsTable } from '../data/coco/results-table.ts';
import type { EvalType } from '../eval/params.ts';
import { areaRuleOf } from './eval-detection.ts';
import { type PictureEvaluator, scorePicture, type WantsMask } from './score-picture.ts';

/**
 * Passes every picture of the data set, by ascending id, with its results to an evaluator.
 * @param onPicture Called after each picture with the number done so far.
 * @throws InputError naming the annotation or record if the data that `type` compares is absent or damaged.
 */
export function scoreResults(
  dataset: CocoData,
  results: ResultsTable,
  { type, onPicture }: { type: EvalType; onPicture?: (done: number) => void },
  evaluator: PictureEvaluator,
): void {
  const joints = type === 'keypoints' ? (jointsOf(dataset)?.names.length ?? 0) : 0;
  const rules = { type, joints, areaRule: areaRuleOf(results) };
  const order = results.images.map((_, index) => index);
  order.sort((a, b) => results.images[a].id - results.images[b].id);
  order.forEach((index, done) => {
    const image = results.images[index];
    const picture = {
      image,
      annotations: dataset.annotationsOf(image.id),
      detections: (wantsMask: WantsMask) => results.detectionsOf(index, wantsMask),
    };
    scorePicture(picture, rules, evaluator);
    onPicture?.(done + 1);
  });
}
