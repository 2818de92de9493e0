import type { ModelConfig } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { frameProblem } from '../data/coco/frame.ts';
import { jointsOf } from '../data/coco/joints.ts';
import { type PictureFile, pictureFiles, sourceOf } from '../data/coco/picture-files.ts';
import type { EvalType } from '../eval/params.ts';
import { cocoMetrics } from '../eval/summary.ts';
import type { PictureSource } from '../image/picture-source.ts';
import { compileModel } from '../predict/compile.ts';
import { decode } from '../predict/load/decode-source.ts';
import { Model } from '../predict/model.ts';
import { resultEntries } from '../predict/result-entry.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { cocoEvaluator, paramsFor } from '../score/coco-evaluator.ts';
import { categoryIds } from '../score/dataset-ids.ts';
import { detectionOf } from '../score/read-result.ts';
import { scorePicture } from '../score/score-picture.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import type { Validation, ValidationResult } from './loop.ts';
import type { ValidationSet } from './trainee.ts';

/**
 * Measures a detector in training by COCO's average precisions: the same values that `mask-rcnn eval` prints
 * for the same model and data.
 * @throws InputError if a picture of the set is missing or, in `run`, cannot be read.
 */
export function detectorValidation(config: ModelConfig, set: ValidationSet, runtime: Runtime): Validation {
  const { dataset } = set;
  const pictures = pictureFiles(dataset, set.pictures);
  return {
    measure: 'AP',
    async run(weights, shouldStop) {
      const file = memoryWeights('the weights in training', weights);
      const model = new Model(config, await compileModel(config, file, runtime), decode);
      try {
        return await measureDetector(model, { dataset, pictures, shouldStop });
      } finally {
        await model.dispose();
      }
    },
  };
}

export interface Measurement {
  readonly dataset: CocoData;
  readonly pictures: readonly PictureFile[];
  /** Called before every picture is scored. */
  readonly shouldStop: () => boolean;
}

/** Predicts the pictures of a data set and scores them. @returns Null if it was stopped. */
export async function measureDetector(
  model: Model<PictureSource>,
  { dataset, pictures, shouldStop }: Measurement,
): Promise<ValidationResult | null> {
  const { config } = model;
  const measures = measuresOf(config, dataset);
  const ids = { categoryId: categoryIds(dataset.categories, config.categories) };
  for await (const outcome of model.predictEach(pictures.map(sourceOf), {
    score: config.box.scoreThreshold,
  })) {
    if (shouldStop()) return null;
    if ('error' in outcome) throw outcome.error;
    const { image, path } = pictures[outcome.index];
    const problem = frameProblem(image, outcome.prediction);
    if (problem !== undefined) throw new InputError(path, problem);
    const entries = resultEntries({ path, imageId: image.id }, outcome.prediction, ids);
    const found = entries.map((entry) => detectionOf(entry, image));
    const picture = { image, annotations: dataset.annotationsOf(image.id), detections: () => found };
    for (const { rules, evaluator } of measures) scorePicture(picture, rules, evaluator);
  }
  return summarise(measures);
}

type Measures = ReturnType<typeof measuresOf>;

/** The measures of a model. The last, the most specific output, selects the best of its states. */
function measuresOf({ mask, keypoint }: ModelConfig, dataset: CocoData) {
  const joints = keypoint ? jointsOf(dataset) : null;
  const types: EvalType[] = [
    'bbox',
    ...(mask ? (['segm'] as const) : []),
    ...(joints ? (['keypoints'] as const) : []),
  ];
  return types.map((type) => ({
    // Every result of a model has a box, which then determines the area as in a results file.
    rules: { type, joints: joints?.names.length ?? 0, areaRule: 'box' as const },
    evaluator: cocoEvaluator(dataset, paramsFor(dataset, type)),
  }));
}

const kinds: Record<EvalType, string> = { bbox: 'box', segm: 'mask', keypoints: 'keypoint' };

function summarise(measures: Measures): ValidationResult {
  const metrics: Record<string, number> = {};
  let value = 0;
  for (const { rules, evaluator } of measures) {
    const [mean, half, strict] = cocoMetrics(evaluator.result());
    const kind = kinds[rules.type];
    // −1 means that nothing could be measured.
    value = Math.max(mean.value, 0);
    metrics[`${kind} AP`] = value;
    metrics[`${kind} AP50`] = Math.max(half.value, 0);
    metrics[`${kind} AP75`] = Math.max(strict.value, 0);
  }
  return { value, metrics };
}
