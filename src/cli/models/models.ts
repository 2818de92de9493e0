import { Command } from 'commander';
import { taskOf } from '../../config/task.ts';
import { isFile } from '../../core/node/is-file.ts';
import { convertedPath, downloadedPath } from '../../hub/cache.ts';
import { type PublishedModel, publishedModels } from '../../hub/published.ts';
import { addressOf } from '../../hub/pull.ts';
import { type ShippedModel, shippedModels } from '../../hub/resolve-model.ts';
import type { ModelCard } from '../../model-file/card.ts';
import { formatMetric } from '../../model-file/card-metric.ts';
import { describeModelFile } from '../../model-file/model-file.ts';
import { formatBytes, formatTable } from '../terminal/format.ts';
import { writeJson, writeText } from '../terminal/output.ts';
import { packageManifest } from '../terminal/package-manifest.ts';

/** One row, as `--json` prints it. */
interface ListedModel {
  name: string;
  task: string;
  /**
   * Published average precision on COCO val2017 in percent; `meanIou` for models that classify every pixel.
   */
  ap: { box: number | null; mask: number | null; keypoints?: number };
  meanIou?: number;
  /** Bytes of the file that is downloaded, or that is part of the package. */
  size: number | null;
  licence: string | null;
  /** Of a shipped model. */
  card: ModelCard | null;
  /** Whether it is part of this package, ready in the cache, or has to be downloaded first. */
  state: 'shipped' | 'cached' | 'to download';
  /** The local file, null before the download. */
  path: string | null;
  /** The URL that it is downloaded from, null if it is shipped. */
  address: string | null;
}

/** `mask-rcnn models`: lists the models that can be named in place of a file. */
export function modelsCommand(): Command {
  return new Command('models')
    .summary('list the models that can be used by name')
    .description(
      'Lists the models that can be passed to --model by name: included in this package, or published by others.',
    )
    .option('--json', 'print an array of objects with licence, address and path as well')
    .addHelpText('after', '\nExample:\n  mask-rcnn models')
    .action(modelsAction);
}

async function modelsAction(options: { json?: true }): Promise<void> {
  const shipped = await shippedModels();
  const models = await Promise.all([
    ...shipped.map(describeShipped),
    ...publishedModels.map(describePublished),
  ]);
  if (options.json) return writeJson('-', models, 2);
  await writeText('-', tableOf(models));
}

async function describeShipped({ name, path, size }: ShippedModel): Promise<ListedModel> {
  const { config, card } = await describeModelFile(path);
  return {
    name,
    task: taskOf(config),
    ap: { box: null, mask: null },
    size,
    licence: card?.licence ?? packageManifest().license,
    card,
    state: 'shipped',
    path,
    address: null,
  };
}

async function describePublished(model: PublishedModel): Promise<ListedModel> {
  const { name, task, ap, meanIou, size, licence } = model;
  const path = await firstFile([convertedPath(model), downloadedPath(model)]);
  return {
    name,
    task,
    ap: ap ?? { box: null, mask: null },
    ...(meanIou === undefined ? {} : { meanIou }),
    size,
    licence,
    card: null,
    state: path ? 'cached' : 'to download',
    path,
    address: addressOf(model),
  };
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    if (await isFile(path)) return path;
  }
  return null;
}

function tableOf(models: readonly ListedModel[]): string {
  const heading = [
    'NAME',
    'TASK',
    'BOX AP',
    'MASK AP',
    'KEYPOINT AP',
    'MEAN IOU',
    'SIZE',
    'STATE',
    'LICENCE',
  ];
  const rows = models.map(({ name, task, ap, meanIou, size, state, licence }) => [
    name,
    task,
    ap.box?.toFixed(1) ?? '–',
    ap.mask?.toFixed(1) ?? '–',
    ap.keypoints?.toFixed(1) ?? '–',
    meanIou?.toFixed(1) ?? '–',
    size === null ? '?' : formatBytes(size),
    state,
    // The text after the semicolon is in --json.
    licence?.split(';')[0] ?? '–',
  ]);
  const notes = [
    'AP, mean IoU: in percent; in the table, as published, on COCO val2017.',
    ...models.flatMap(({ name, card }) =>
      card ? [`${name}: ${card.description.en} (${formatMetric(card.metrics[0])})`] : [],
    ),
  ];
  return `${formatTable([heading, ...rows], [2, 3, 4, 5, 6])}\n${notes.join('\n')}\n`;
}
