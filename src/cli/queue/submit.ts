import { Command, InvalidArgumentError } from 'commander';
import { defaultModel } from '../../core/default-model.ts';
import { UsageError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { readModelConfig } from '../../model-file/model-file.ts';
import { maxChunkPictures } from '../../queue/chunk.ts';
import { openStore } from '../../queue/open-store.ts';
import { submitRun } from '../../queue/submit.ts';
import { hashedModel } from '../options/hashed-model.ts';
import { offlineOption } from '../options/model-argument.ts';
import { count } from '../options/option-values.ts';
import { recursiveOption } from '../options/picture-arguments.ts';
import { addPlaneOptions, type PlaneOptions } from '../options/plane-options.ts';
import {
  addPredictionOptions,
  choicesOf,
  computeOptionNames,
  type PredictionOptions,
} from '../options/prediction-options.ts';
import { limitOf } from '../terminal/limit-note.ts';
import { note, print } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import { streamPictures } from './picture-stream.ts';
import {
  addQueueOption,
  defaultChunkSize,
  defaultMaxWaiting,
  type QueueOptions,
  withQueue,
} from './queue-options.ts';

interface SubmitCommandOptions
  extends Omit<PredictionOptions, (typeof computeOptionNames)[number]>,
    PlaneOptions,
    QueueOptions {
  model: string;
  out: string;
  recursive?: true;
  list?: string;
  chunk: number;
  maxWaiting: number;
  offline?: true;
}

/** `mask-rcnn submit`: queues pictures for the workers of `mask-rcnn worker`. */
export function submitCommand(): Command {
  const command = new Command('submit')
    .summary('queue pictures for workers on many machines')
    .description(
      'Adds pictures to a queue, from which `mask-rcnn worker` takes them on any number of machines. Workers write the results to --out; `mask-rcnn jobs` shows the progress, and `mask-rcnn collect` merges the results. Submitting the same again only adds what is missing.',
    )
    .argument(
      '[picture...]',
      "files, folders, http(s) addresses, patterns such as 'photos/**/*.jpg', or s3://bucket/prefix; paths as the workers see them",
    )
    .option('--list <file>', "a file with a picture on each line; '-' for stdin")
    .addOption(recursiveOption())
    .option(
      '-m, --model <name|file>',
      'a name that `mask-rcnn models` lists, a model file, or its http(s) or s3:// address',
      defaultModel,
    )
    .requiredOption(
      '-o, --out <folder>',
      'where workers write results: a folder that they share, or s3://bucket/prefix',
    )
    .option('--chunk <n>', 'pictures per job', chunkSize, defaultChunkSize)
    .option('--max-waiting <n>', 'wait while this many jobs are queued', count, defaultMaxWaiting)
    .addOption(offlineOption());
  addQueueOption(command);
  addPlaneOptions(addPredictionOptions(command, computeOptionNames), { canTakeAll: false });
  return command
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn submit pictures --recursive --out results --queue redis://queue.example:6379
  find pictures -name '*.jpg' | sort | mask-rcnn submit --list - --out results
  mask-rcnn submit s3://pictures/2026 --model nuclei --out s3://results/2026 --score 0.3`,
    )
    .action(submitAction);
}

async function submitAction(args: string[], options: SubmitCommandOptions): Promise<void> {
  const { model, out, list, recursive = false, chunk, maxWaiting, page, channel, offline } = options;
  if (args.length === 0 && list === undefined) throw new UsageError('expected pictures, or --list <file>');
  if (page === 'all') throw new UsageError('--page all: expected the number of a page');
  const { file, sha256 } = await hashedModel(model, offline);
  const config = await readModelConfig(file);
  const choices = defined(choicesOf(options, config.categories));
  const settings = { model: { name: model, sha256 }, choices, plane: defined({ page, channel }), out };
  const store = openStore(out);
  let show = note;
  const pictures = await begun(streamPictures(args, { recursive, list, onNote: (line) => show(line) }));
  await withQueue(options, async ({ redis, queue }) => {
    const progress = startProgress('submitting', null, { unit: 'pictures' });
    show = (line) => progress.note(line);
    const onProgress = (listed: number, isWaiting: boolean) => {
      progress.update(listed);
      if (isWaiting) progress.within(0, 'waiting for the workers');
    };
    try {
      const limit = limitOf(config, choices);
      const work = { settings, pictures, store, limit, chunkSize: chunk, maxWaiting, onProgress };
      const submitted = await submitRun(redis, queue, work);
      progress.finish();
      if (submitted.chunkSize !== chunk)
        note(`note: --chunk ${submitted.chunkSize} is kept, with which ${out} was submitted first`);
      if (submitted.done > 0) note(`${plural(submitted.done, 'job')} already done`);
      await print(
        `run ${submitted.run}: ${plural(submitted.pictures, 'picture')} in ${plural(submitted.offered, 'job')}`,
      );
    } finally {
      progress.finish();
    }
  });
}

/** The same pictures once the first is known: where there is none, no run begins. */
async function begun(pictures: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await pictures.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* pictures;
  })();
}

/** Without what is undefined, as JSON has it. */
function defined<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Option value: the number of pictures of a job. */
function chunkSize(text: string): number {
  const value = count(text);
  if (value > maxChunkPictures)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${maxChunkPictures}.`);
  return value;
}
