import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../config/device.ts';
import type { RunInput } from '../config/training.ts';
import { InputError } from '../core/errors.ts';
import { makeFolder } from '../core/node/make-folder.ts';
import { checkOptions } from '../core/options.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { checkFrames, pictureFiles } from '../data/coco/picture-files.ts';
import { trainingRecords } from '../data/load/training-records.ts';
import type { FindModelOptions } from '../predict/load/find-model.ts';
import { openTrainingRuntime } from '../runtime/open-node-runtime.ts';
import { type Runtime, withThreads } from '../runtime/runtime.ts';
import { matchCategories, requireSharedCategory } from '../score/categories.ts';
import { runFiles } from './folder.ts';
import type { Metrics } from './log/metric.ts';
import { type LoopOptions, type LoopOutcome, trainLoop } from './loop.ts';
import { locationOf } from './picture-set.ts';
import { planTraining } from './plan-training.ts';
import { type PreparedRun, prepareRun, resumeRun } from './prepare-run.ts';
import { refuseRunIn, withRunLock } from './run-lock.ts';
import type { ValidationSet } from './trainee.ts';

export interface TrainOptions {
  /** Folder for checkpoints, models, metrics and the report. */
  readonly out: string;
  /** The run, as `mask-rcnn train --config` reads it; not needed with `resume`. */
  readonly run?: RunInput | undefined;
  /** The name of `run` in error messages. */
  readonly source?: string | undefined;
  /** Resumes the run in the folder. */
  readonly resume?: boolean | undefined;
  /** Where to compute; it may differ from that of a run that is resumed. Default `cpu`. */
  readonly device?: Device | undefined;
  /** Forbids downloading a model to start from. */
  readonly offline?: boolean | undefined;
  /**
   * Called after every step and before every picture of a validation; returning true saves and ends the run, which can
   * then be resumed.
   */
  readonly shouldStop?: (() => boolean) | undefined;
  /**
   * Aborts the download of a model to start from, or ends the run after the current step or, in a validation, at the next picture;
   * its reason is thrown. The run is saved before and can be resumed.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called while a model to start from is downloaded. */
  readonly onProgress?: FindModelOptions['onProgress'];
  /** Called before the first step with the length of the run. */
  readonly onStart?:
    | ((plan: { steps: number; done: number; pictures: number; picturesPerStep: number }) => void)
    | undefined;
  /** Called with the metrics of every step and validation. */
  readonly onMetrics?: ((metrics: Metrics) => void) | undefined;
  /** Called with each line intended for the user. */
  readonly onNote?: ((line: string) => void) | undefined;
}

/**
 * Trains a model on a COCO data set. The folder then holds `best.safetensors` and `last.safetensors`, which `load`
 * and the other commands take, `checkpoint.safetensors`, `metrics.jsonl`, TensorBoard events and `training.html`.
 * @throws InputError, UsageError, DivergenceError with one clear line; the reason of the signal.
 * @example
 * ```ts
 * import { train } from 'mask-rcnn';
 *
 * const { best, step } = await train({
 *   out: 'runs/cells',
 *   run: {
 *     train: { data: 'train.json', images: 'pictures' },
 *     from: 'nuclei',
 *     training: { steps: 2, batchSize: 1 },
 *   },
 *   onMetrics: ({ step, values }) => console.log(step, values['loss/total']),
 * });
 * console.log(step, best);
 * ```
 */
export async function train(options: TrainOptions): Promise<LoopOutcome> {
  checkOptions('train', options, {
    out: true,
    run: true,
    source: true,
    resume: true,
    device: true,
    offline: true,
    shouldStop: true,
    signal: true,
    onProgress: true,
    onStart: true,
    onMetrics: true,
    onNote: true,
  });
  const { signal } = options;
  signal?.throwIfAborted();
  const checkpoint = join(options.out, runFiles.checkpoint);
  if (options.resume && !existsSync(checkpoint)) {
    throw new InputError(checkpoint, 'there is no run to resume');
  }
  if (!options.resume) refuseRunIn(options.out);
  const runtime = await openTrainingRuntime(options.device);
  // A new run writes nothing until it is known to be sound.
  const fresh = options.resume ? null : await prepareRun(options);
  signal?.throwIfAborted();
  await makeFolder(options.out);
  const outcome = await withRunLock(options.out, async () => {
    if (fresh) refuseRunIn(options.out);
    const prepared = fresh ?? (await resumeRun(checkpoint));
    signal?.throwIfAborted();
    return runPrepared(prepared, options, runtime);
  });
  if (outcome.ending === 'stopped') signal?.throwIfAborted();
  return outcome;
}

async function runPrepared(
  prepared: PreparedRun,
  options: TrainOptions,
  fullRuntime: Runtime,
): Promise<LoopOutcome> {
  const { run, trainee, state, dataset } = prepared;
  const { labels } = matchCategories(trainee.categories, dataset.categories);
  const { records, notes } = trainingRecords(dataset, locationOf(run.train), labels, trainee.regions);
  for (const note of notes) options.onNote?.(note);
  const { threads, trainableStages } = run.training;
  const runtime = threads === null ? fullRuntime : withThreads(fullRuntime, threads);
  const validationSet = await validationSetOf(prepared);
  const validation = validationSet && trainee.validation(validationSet, runtime);
  const { signal, shouldStop, onMetrics } = options;
  const fromScratch = run.from === null && run.backboneWeights === null;
  const base = {
    task: trainee.task({
      trainableStages: trainableStages ?? (fromScratch ? 5 : 3),
      partial: records.some(({ unknown }) => unknown !== undefined),
    }),
    runtime,
    records,
    shouldStop: () => (shouldStop?.() ?? false) || (signal?.aborted ?? false),
  };
  const validationPictures = validationSet?.dataset.images.length ?? 0;
  const training = await planTraining(run.training, { ...base, state, validationPictures }, options.onNote);
  const { steps, batchSize, accumulate } = training;
  const loop: LoopOptions = {
    ...base,
    training,
    out: options.out,
    // With the length and the parallelism that were decided: a resumed run does not decide again.
    description: {
      config: JSON.stringify(trainee.config),
      training: JSON.stringify({ ...run, training }),
    },
    onBadPicture: ({ message }) => options.onNote?.(`${message}; using another picture instead`),
    ...(validation ? { validation } : {}),
    ...(onMetrics ? { onMetrics } : {}),
  };
  const picturesPerStep = batchSize * accumulate;
  options.onStart?.({ steps, done: state.step, pictures: records.length, picturesPerStep });
  return trainLoop(state, loop);
}

/** Null if the run does not validate. A set that is also the training set is not read again. */
async function validationSetOf({
  run,
  trainee,
  dataset: trained,
}: PreparedRun): Promise<ValidationSet | null> {
  if (run.validation === null) return null;
  const { data } = run.validation;
  const dataset = data === run.train.data ? trained : await openDataset(data);
  requireSharedCategory(data, dataset.categories, trainee.categories);
  const pictures = locationOf(run.validation);
  // A validation needs them all, and may be hours away.
  await checkFrames(pictureFiles(dataset, pictures), 'refuse');
  return { dataset, pictures };
}
