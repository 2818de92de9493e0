import { join } from 'node:path';
import type { ModelConfig } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import { maskOf } from '../data/coco/mask-of.ts';
import { CocoEvaluator } from '../eval/coco-evaluator.ts';
import type { EvalDetection, EvalTruth } from '../eval/objects.ts';
import { type EvalType, evalParams, sigmasFor } from '../eval/params.ts';
import { cocoFigures } from '../eval/summary.ts';
import { decodePicture } from '../image/decode.ts';
import { compileModel } from '../predict/compile.ts';
import type { Prediction } from '../predict/instance.ts';
import { Model } from '../predict/model.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import type { ValidationResult } from './loop.ts';
import type { ValidationSet } from './trainee.ts';

/**
 * Predicts the pictures of a data set with weights that are in memory and computes COCO's average precisions.
 * @throws InputError where a picture cannot be read.
 */
export async function validateWeights(
  config: ModelConfig,
  weights: ReadonlyMap<string, Float32Tensor>,
  { dataset, folder, labels }: ValidationSet,
  runtime: Runtime,
): Promise<ValidationResult> {
  const joints = config.keypoint?.names.length ?? 0;
  const evaluators = typesOf(config).map((type) => {
    const isPoses = type === 'keypoints';
    const params = evalParams(type, isPoses ? { sigmas: sigmasFor(joints) } : {});
    const categories = dataset.categories.filter(({ keypoints }) => !isPoses || keypoints !== undefined);
    return { type, evaluator: new CocoEvaluator(params, categories) };
  });
  const categoryIds = new Map([...labels].map(([id, label]) => [label, id]));
  const classOf = new Map(config.categories.map((category, i) => [category, i + 1]));
  const sessions = await compileModel(config, memoryWeights('the weights in training', weights), runtime);
  const model = new Model<string>(config, sessions, decodePicture);
  try {
    const images = new Map(dataset.images.map((image) => [join(folder, image.file_name ?? ''), image]));
    for await (const outcome of model.predictEach(images.keys(), { score: config.box.scoreThreshold })) {
      if ('error' in outcome) throw outcome.error;
      const image = images.get(outcome.source);
      if (!image) throw new InputError(outcome.source, 'is not a picture of the validation set');
      const truths = dataset.annotationsOf(image.id).map((annotation): EvalTruth => {
        const { id, category_id: categoryId, area, bbox: box, iscrowd } = annotation;
        const mask = annotation.segmentation ? maskOf(annotation, image) : undefined;
        const keypoints = annotation.keypoints ?? new Float64Array(3 * joints);
        return { id, categoryId, area, box, mask, keypoints, crowd: iscrowd === 1 };
      });
      const detections = detectionsOf(outcome.prediction, (category) =>
        categoryIds.get(classOf.get(category) ?? 0),
      );
      for (const { type, evaluator } of evaluators) {
        const isLabelled = ({ keypoints }: EvalTruth) =>
          Array.from(keypoints ?? []).some((value, i) => i % 3 === 2 && value > 0);
        const counted = truths.map((truth) => ({
          ...truth,
          ignore: type === 'keypoints' && !isLabelled(truth),
        }));
        evaluator.add(image.id, counted, detections);
      }
    }
  } finally {
    await model.dispose();
  }
  return summarise(evaluators);
}

function detectionsOf(
  { instances }: Prediction,
  categoryIdOf: (category: Prediction['instances'][number]['category']) => number | undefined,
): EvalDetection[] {
  return instances.flatMap(({ category, score, box: [x1, y1, x2, y2], mask, keypoints: pose }) => {
    const categoryId = categoryIdOf(category);
    if (categoryId === undefined) return [];
    const box = [x1, y1, x2 - x1, y2 - y1] as const;
    const keypoints = pose?.joints.flatMap(({ x, y }) => [x, y, 1]);
    return [{ categoryId, score, box, mask: mask?.rle, keypoints, area: box[2] * box[3] }];
  });
}

/** What a model can be measured by; the last, its most particular answer, decides which of its states is the best. */
function typesOf({ mask, keypoint }: ModelConfig): EvalType[] {
  return ['bbox', ...(mask ? (['segm'] as const) : []), ...(keypoint ? (['keypoints'] as const) : [])];
}

const kinds: Record<EvalType, string> = { bbox: 'box', segm: 'mask', keypoints: 'keypoint' };

/** The last evaluator's AP decides. */
function summarise(evaluators: readonly { type: EvalType; evaluator: CocoEvaluator }[]): ValidationResult {
  const figures: Record<string, number> = {};
  let ap = 0;
  evaluators.forEach(({ type, evaluator }) => {
    const [mean, half, strict] = cocoFigures(evaluator.result());
    const kind = kinds[type];
    // -1 says that nothing could be measured.
    ap = Math.max(mean.value, 0);
    figures[`${kind} AP`] = ap;
    figures[`${kind} AP50`] = Math.max(half.value, 0);
    figures[`${kind} AP75`] = Math.max(strict.value, 0);
  });
  return { ap, figures };
}
