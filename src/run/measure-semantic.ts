import type { Category } from '../config/schema.ts';
import type { SemanticConfig } from '../config/semantic.ts';
import { ignoredClass } from '../core/ignored-class.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import type { PictureLocation } from '../data/coco/picture-location.ts';
import { trainingRecords } from '../data/load/training-records.ts';
import { readSample } from '../data/sample/read-sample.ts';
import type { PictureRecord } from '../data/sample/sample.ts';
import { SemanticEvaluator, type SemanticScores } from '../eval/mean-iou.ts';
import { semanticGraph } from '../model/fcn.ts';
import { paintClasses } from '../ops/paint-classes.ts';
import { compileGraph } from '../predict/compile.ts';
import { SemanticModel } from '../predict/semantic.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { matchCategories } from '../score/categories.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import type { Validation } from './loop.ts';
import type { ValidationSet } from './trainee.ts';

/**
 * Measures an FCN in training by its mean IoU. Pixels of crowds, and of categories unknown to the model, do
 * not count.
 * @throws InputError if the set annotates no object with an outline.
 */
export function semanticValidation(
  config: SemanticConfig,
  { dataset, pictures }: ValidationSet,
  runtime: Runtime,
): Validation {
  const records = semanticRecords(config.categories.slice(1), dataset, pictures);
  return {
    measure: 'mean IoU',
    async run(weights, shouldStop) {
      const file = memoryWeights('the weights in training', weights);
      const model = new SemanticModel(config, await compileGraph(semanticGraph(config), file, runtime));
      try {
        const wanted = new StoppableRecords(records, shouldStop);
        const { accuracy, meanIou } = await measureSemantic(model, wanted);
        if (wanted.stopped) return null;
        // The deciding metric comes last, as among average precisions.
        return { value: meanIou, metrics: { 'pixel accuracy': accuracy, 'mean IoU': meanIou } };
      } finally {
        await model.dispose();
      }
    },
  };
}

/** Pictures until a stop is requested. */
class StoppableRecords implements Iterable<PictureRecord> {
  readonly #records: readonly PictureRecord[];
  readonly #shouldStop: () => boolean;
  stopped = false;

  constructor(records: readonly PictureRecord[], shouldStop: () => boolean) {
    this.#records = records;
    this.#shouldStop = shouldStop;
  }

  *[Symbol.iterator](): Generator<PictureRecord> {
    for (const record of this.#records) {
      this.stopped = this.#shouldStop();
      if (this.stopped) return;
      yield record;
    }
  }
}

/**
 * The pictures of a data set, with {@link ignoredClass} for everything that does not count.
 * @param categories Those of the model, without its background.
 */
export function semanticRecords(
  categories: readonly Category[],
  dataset: CocoData,
  location: PictureLocation,
): readonly PictureRecord[] {
  const { labels } = matchCategories(categories, dataset.categories);
  const allLabels = new Map(dataset.categories.map(({ id }) => [id, labels.get(id) ?? ignoredClass]));
  return trainingRecords(dataset, location, allLabels, { ignoredLabel: ignoredClass }).records;
}

/**
 * Predicts pictures at their own size and compares every pixel.
 * @throws InputError if a picture cannot be read or differs in size from its record.
 */
export async function measureSemantic(
  model: SemanticModel,
  records: Iterable<PictureRecord>,
): Promise<SemanticScores> {
  const evaluator = new SemanticEvaluator(model.config.categories.length);
  for (const record of records) {
    const sample = await readSample(record);
    const truth = paintClasses(sample, sample.picture);
    evaluator.add(truth, (await model.predictPicture(sample.picture)).classes);
  }
  return evaluator.result();
}
