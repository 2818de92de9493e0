import { UsageError } from '../../core/errors.ts';
import { isFile } from '../../core/node/is-file.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import { findPublished } from '../../hub/published.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { modelKindAt } from '../../import/model-kind.ts';
import { loadSemantic } from '../../predict/semantic.ts';
import { measureSemantic, semanticRecords } from '../../run/measure-semantic.ts';
import { requireSharedCategory } from '../../score/categories.ts';
import { weightFile } from '../options/model-argument.ts';
import type { PredictionOptions } from '../options/prediction-options.ts';
import { formatTable } from '../terminal/format.ts';
import { writeJson, writeText } from '../terminal/output.ts';
import type { EvalOptions } from './eval-options.ts';

interface SemanticEvalOptions
  extends EvalOptions,
    Pick<PredictionOptions, 'threads' | 'device' | 'minSize' | 'maxSize'>,
    PlaneChoice {
  model: string;
  data: string;
  images: string;
  offline?: true;
}

/** Options about instances, which an FCN does not have. */
const ofInstances: ReadonlySet<string> = new Set([
  '--type',
  '--metric',
  '--iou-thresholds',
  '--max-dets',
  '--areas',
  '--sigmas',
  '--score',
  '--arrays',
  '--plot',
  '--max-det',
  '--nms',
  '--classes',
  '--tile',
  '--tile-overlap',
  '--tile-scale',
  '--tile-whole',
  '--report',
  '--lang',
  '--compare',
  '--write-threshold',
]);

/** An FCN is evaluated here. */
const ofQueue: ReadonlySet<string> = new Set(['--queue', '--queue-out']);

/** Whether `--model` is an FCN: a file, or a published name. */
export async function isSemanticModel(nameOrPath: string): Promise<boolean> {
  if (findPublished(nameOrPath)?.task === 'semantic segmentation') return true;
  return (await isFile(nameOrPath)) && (await modelKindAt(nameOrPath)) === 'fcn';
}

/**
 * Predicts a data set with an FCN and prints mean IoU and pixel accuracy.
 * @param given The options that the user gave, such as `--type`.
 * @throws InputError where the model knows none of the data set's categories.
 */
export async function evalSemantic(
  dataset: CocoData,
  options: SemanticEvalOptions,
  given: readonly string[],
): Promise<void> {
  const useless = given.find((option) => ofInstances.has(option));
  if (useless !== undefined) {
    throw new UsageError(`${useless} applies to instances, but ${options.model} is an FCN`);
  }
  const queued = given.find((option) => ofQueue.has(option));
  if (queued !== undefined) {
    throw new UsageError(`${queued}: workers predict no FCNs, and ${options.model} is one; leave it out`);
  }
  const model = await loadSemantic(await weightFile(options.model, options.offline), {
    threads: options.threads,
    device: options.device,
    minSize: options.minSize,
    maxSize: options.maxSize,
  });
  try {
    const { categories } = model.config;
    const { data, images, page, channel } = options;
    const foreground = categories.slice(1);
    requireSharedCategory(data, dataset.categories, foreground);
    const records = semanticRecords(foreground, dataset, { folder: images, page, channel });
    const { accuracy, meanIou, iou } = await measureSemantic(model, records);
    const perCategory = categories.map(({ name }, i) => ({
      name,
      iou: Number.isNaN(iou[i]) ? null : iou[i],
    }));
    if (options.json) await writeJson(options.json, { type: 'semantic', meanIou, accuracy, perCategory });
    if (options.json === '-') return;
    const rows = [
      { name: 'mean IoU', value: meanIou },
      { name: 'pixel accuracy', value: accuracy },
      ...perCategory
        .filter(() => options.perClass)
        .map((category) => ({ name: `IoU of ${category.name}`, value: category.iou })),
    ];
    const table = rows.map(({ name, value }) => [name, value?.toFixed(3) ?? '–']);
    await writeText('-', formatTable(table, [1]));
  } finally {
    await model.dispose();
  }
}
