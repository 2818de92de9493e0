import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ModelConfig } from '../../config/schema.ts';
import { eachOf } from '../../core/each-of.ts';
import { InputError, UsageError } from '../../core/errors.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import type { PictureFile } from '../../data/coco/picture-files.ts';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import type { PredictionChoices } from '../../predict/choices.ts';
import { placeOf, type ResultEntry } from '../../predict/result-entry.ts';
import type { ResultLine } from '../../predict/result-line.ts';
import { awaitRun } from '../../queue/await-run.ts';
import { runId } from '../../queue/chunk.ts';
import type { HashedFile } from '../../queue/fetched-model.ts';
import { mergeResults, storedResults } from '../../queue/merge.ts';
import { openStore } from '../../queue/open-store.ts';
import { submitRun } from '../../queue/submit.ts';
import { categoryIds } from '../../score/dataset-ids.ts';
import { writeResults } from '../files/write-results.ts';
import { passLines } from '../queue/merged-lines.ts';
import { defaultChunkSize, defaultMaxWaiting, type QueueOptions, withQueue } from '../queue/queue-options.ts';
import { endReported } from '../terminal/failure.ts';
import { LimitNote, limitOf } from '../terminal/limit-note.ts';
import { withProgress } from '../terminal/progress.ts';

export interface EvalQueueOptions extends QueueOptions {
  /** Where workers write; each model, choice and list of pictures has a folder in it. */
  queueOut: string;
  model: string;
}

export interface QueuedEvaluation {
  readonly pictures: readonly PictureFile[];
  readonly dataset: CocoData;
  readonly model: HashedFile;
  readonly config: ModelConfig;
  readonly choices: PredictionChoices;
}

/**
 * Predicts the pictures of a data set on the workers of a queue, and writes the results as a local prediction does.
 * @throws ReportedFailure if pictures could not be predicted; each was reported, and no results are written.
 */
export async function predictOnQueue(
  work: QueuedEvaluation,
  options: EvalQueueOptions,
  path: string,
): Promise<void> {
  const { pictures, model, choices } = work;
  const named = { name: options.model, sha256: model.sha256 };
  const given = JSON.parse(JSON.stringify(choices)) as PredictionChoices;
  const place = { model: named, choices: given, plane: planeOf(pictures), out: options.queueOut };
  const list = pictures.map((picture) => picture.path);
  const settings = {
    ...place,
    out: `${options.queueOut.replace(/\/$/, '')}/${folderOf(runId(place), list)}`,
  };
  const store = openStore(settings.out);
  await withQueue(options, async ({ redis, queue, states }) => {
    await withProgress('predicting', { total: pictures.length, unit: 'pictures' }, async (progress) => {
      const { run } = await submitRun(redis, queue, {
        ...{ settings, pictures: eachOf(list), store },
        ...{ chunkSize: defaultChunkSize, maxWaiting: defaultMaxWaiting },
        onProgress: () => {},
      });
      await awaitRun(queue, states, run, ({ done }) => progress.update(done));
    });
  });
  await writeResults(path, async (sink) => {
    const entriesOf = entryMaker(work, store.shown);
    const merged = mergeResults(await storedResults(store));
    const limit = new LimitNote(limitOf(work.config, choices));
    endReported(await passLines(merged, limit, ({ record }) => sink(entriesOf(record))), pictures.length);
  });
}

/** The folder of the results of a list of pictures, so that those of another data set are not taken for them. */
function folderOf(run: string, pictures: readonly string[]): string {
  return createHash('sha256')
    .update([run, ...pictures].join('\0'))
    .digest('hex')
    .slice(0, 16);
}

/** The page and channel of all pictures, which a job says once. @throws UsageError where they differ. */
function planeOf(pictures: readonly PictureFile[]): PlaneChoice {
  const choices = new Map(pictures.map(({ choice }) => [JSON.stringify(choice), choice]));
  if (choices.size > 1)
    throw new UsageError(
      '--queue: the pictures are of different pages or channels; evaluate them without --queue',
    );
  const [choice = {}] = choices.values();
  return choice;
}

/**
 * Makes the entries of a record with the ids of the data set.
 * @param source The results, for messages.
 */
function entryMaker({ pictures, dataset, config }: QueuedEvaluation, source: string) {
  const idOf = categoryIds(dataset.categories, config.categories);
  const ids = new Map(config.categories.map((category) => [category.id, idOf(category)]));
  return (record: ResultLine): ResultEntry[] => {
    const { path, image } = pictures[record.image_id];
    if (record.file_name !== path)
      throw new InputError(source, `has results of ${record.file_name} where those of ${path} are expected`);
    if ('error' in record) return [];
    const place = placeOf({
      image_id: image.id,
      file_name: basename(record.file_name),
      page: record.page,
    });
    return record.instances.flatMap((instance) => {
      const category = ids.get(instance.category_id) ?? null;
      return category === null ? [] : [{ ...place, ...instance, category_id: category }];
    });
  };
}
