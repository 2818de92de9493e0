import { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { runQueueWorker } from '../../queue/queue-worker.ts';
import { type ServeRequestsOptions, serveRequests } from '../../server/remote/serve-requests.ts';
import { hashedModel } from '../options/hashed-model.ts';
import { offlineOption } from '../options/model-argument.ts';
import { count, positive, repeatable } from '../options/option-values.ts';
import { addComputeOptions, type PredictionOptions } from '../options/prediction-options.ts';
import { defaultServedMegapixels, servedModels } from '../serve/served-models.ts';
import { note } from '../terminal/output.ts';
import { onStopSignal } from '../terminal/process-guards.ts';
import { addQueueOption, lostAfterOption, type QueueOptions, queueAddress } from './queue-options.ts';

interface WorkerCommandOptions extends QueueOptions, Pick<PredictionOptions, 'threads' | 'device'> {
  root: string;
  model?: string[];
  allowHttp?: string[];
  allowS3?: string[];
  maxPixels?: number;
  maxSide: number;
  lostAfter: number;
  drain?: true;
  serve?: true;
  offline?: true;
}

/** `mask-rcnn worker`: predicts the pictures of a queue. */
export function workerCommand(): Command {
  const command = new Command('worker')
    .summary('predict the pictures of a queue')
    .description(
      'Takes jobs of `mask-rcnn submit` from a queue and writes their results, until SIGTERM or Ctrl-C, which finishes the job in hand; a second one ends it at once. What jobs may use is decided here: files within --root, models of this package, and what --model, --allow-http and --allow-s3 add. Start one per machine, or several with --threads.',
    )
    .option(
      '--root <folder>',
      'folder that pictures and results must lie in, and relative paths start from',
      '.',
    )
    .option(
      '-m, --model <name|file>',
      'a model that jobs may use although they name it by another path; repeatable',
      repeatable,
    )
    .option(
      '--allow-http <host...>',
      "hosts from which pictures and models may be fetched; '*': any, redirections included",
    )
    .option('--allow-s3 <bucket...>', "buckets that may be read and written; '*': any")
    .option(
      '--max-pixels <MP>',
      `maximum size of a picture, in megapixels (default: 179; for --serve ${defaultServedMegapixels})`,
      positive,
    )
    .option('--max-side <pixels>', 'largest size to which a job may have pictures resized', count, 4096)
    .addOption(lostAfterOption())
    .option('--serve', 'also answer the requests of `mask-rcnn serve --queue` for the models of --model')
    .option('--drain', 'end when the queue is empty')
    .addOption(offlineOption());
  return addQueueOption(addComputeOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn worker --queue redis://queue.example:6379 --root /mnt/pictures
  mask-rcnn worker --queue rediss://queue.example:6380 --allow-s3 pictures results --threads 4`,
    )
    .action(workerAction);
}

async function workerAction(options: WorkerCommandOptions): Promise<void> {
  const { root, model = [], allowHttp = [], allowS3 = [], maxPixels, lostAfter, drain } = options;
  const address = queueAddress(options);
  if (options.serve && drain) throw new UsageError('--serve waits for requests; leave out --drain');
  if (!(await isFolder(root))) throw new UsageError(`--root ${root}: expected a folder`);
  const models = [];
  for (const name of model) models.push(await hashedModel(name, options.offline));
  const stop = new AbortController();
  const asked = new Error('asked to stop');
  const restore = onStopSignal(() => {
    note('stopping after the job in hand');
    stop.abort(asked);
  });
  const common = {
    address,
    compute: { threads: options.threads, device: options.device },
    lostMs: lostAfter * 1000,
    onNote: note,
    signal: stop.signal,
  };
  /** Ends what runs beside it, too. */
  const failing = (error: unknown) => {
    stop.abort(error);
    if (error !== asked) throw error;
  };
  try {
    const chunks = runQueueWorker({
      ...common,
      permissions: { root, httpHosts: allowHttp, buckets: allowS3 },
      models,
      offline: options.offline,
      maxPixels: maxPixels === undefined ? undefined : maxPixels * 1e6,
      maxSide: options.maxSide,
      drain: drain ?? false,
    });
    const requests = options.serve ? serveAs(options, common) : undefined;
    await Promise.all([chunks.catch(failing), requests?.catch(failing)]);
  } finally {
    restore();
  }
}

type Common = Pick<ServeRequestsOptions, 'address' | 'compute' | 'lostMs' | 'onNote' | 'signal'>;

/** Answers the requests for the models of the options. */
async function serveAs(options: WorkerCommandOptions, common: Common): Promise<void> {
  const { maxPixels = defaultServedMegapixels } = options;
  await serveRequests({ ...common, models: await servedModels(options), maxPixels: maxPixels * 1e6 });
}
