import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseAnyModelConfig } from '../config/any-config.ts';
import type { Device } from '../config/device.ts';
import { isSemanticArchitecture } from '../config/semantic.ts';
import { parseRunConfig, type RunConfig, type RunInput } from '../config/training.ts';
import { InputError, UsageError } from '../core/errors.ts';
import { withLock } from '../core/node/lock.ts';
import { makeFolder } from '../core/node/make-folder.ts';
import { checkOptions } from '../core/options.ts';
import { parseJson } from '../core/parse-json.ts';
import { type Random, seededRandom } from '../core/random.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { checkFrames, pictureFiles } from '../data/coco/picture-files.ts';
import { seedAt } from '../data/load/order.ts';
import { trainingRecords } from '../data/load/training-records.ts';
import { backboneWeights } from '../import/backbone-weights.ts';
import { modelKindAt } from '../import/model-kind.ts';
import { type FindModelOptions, findModel } from '../predict/load/find-model.ts';
import { openTrainingRuntime } from '../runtime/open-node-runtime.ts';
import { type Runtime, withThreads } from '../runtime/runtime.ts';
import { matchCategories, requireSharedCategory } from '../score/categories.ts';
import { type RunDescription, readCheckpoint, type TrainingState } from '../train/checkpoint.ts';
import { adoptWeights, initialWeights, type StartWeights } from '../train/initial-weights.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { openWeights } from '../weights/open-weights.ts';
import { detectorMaker, detectorTrainee } from './detector-trainee.ts';
import { runFiles } from './folder.ts';
import type { Metrics } from './log/metric.ts';
import { type LoopOptions, type LoopOutcome, trainLoop } from './loop.ts';
import { locationOf } from './picture-set.ts';
import { planTraining } from './plan-training.ts';
import { semanticMaker, semanticTrainee } from './semantic-trainee.ts';
import type { MakerOptions, Trainee, ValidationSet } from './trainee.ts';

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

/** The purpose of the random numbers for initial weights; see `seedAt`. */
const startPurpose = 11;

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
  const fresh = options.resume ? null : await newPlan(options);
  signal?.throwIfAborted();
  await makeFolder(options.out);
  const outcome = await withRunLock(options.out, async () => {
    if (fresh) refuseRunIn(options.out);
    const plan = fresh ?? (await resumedPlan(checkpoint));
    signal?.throwIfAborted();
    return runPlan(plan, options, runtime);
  });
  if (outcome.ending === 'stopped') signal?.throwIfAborted();
  return outcome;
}

/** @throws UsageError if the folder contains a run. */
export function refuseRunIn(folder: string): void {
  if (existsSync(join(folder, runFiles.checkpoint))) {
    throw new UsageError(`${folder} already contains a run; resume it or choose another folder`);
  }
}

/**
 * Runs `work` while no other process trains in the folder.
 * @throws InputError if one does.
 */
function withRunLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return withLock(join(folder, runFiles.lock), work, {
    whileWaiting: async ({ host, pid }) => {
      const where = host === hostname() ? '' : ` on ${host}`;
      throw new InputError(
        folder,
        `process ${pid}${where} is training in this folder; wait until it has ended, or choose another folder`,
      );
    },
  });
}

interface Plan {
  readonly run: RunConfig;
  readonly trainee: Trainee;
  readonly state: TrainingState;
  /** The training set. */
  readonly dataset: CocoData;
}

async function resumedPlan(checkpoint: string): Promise<Plan> {
  const { state, description } = await readCheckpoint(checkpoint);
  const stored = (key: keyof RunDescription) =>
    parseJson(checkpoint, description[key], `its metadata entry ${key}`);
  const run = parseRunConfig(`${checkpoint}: training`, stored('training'));
  const config = parseAnyModelConfig(`${checkpoint}: config`, stored('config'));
  const trainee = config.kind === 'fcn' ? semanticTrainee(config) : detectorTrainee(config);
  checkKeys(checkpoint, trainee.shapes(), shapesOf(state.weights));
  return { run, trainee, state, dataset: await openDataset(run.train.data) };
}

/** The plan of a new run, which writes nothing. */
export async function newPlan(options: Omit<TrainOptions, 'out'>): Promise<Plan> {
  const { run: value, source = 'the run', onNote } = options;
  const run = parseRunConfig(source, value);
  const dataset = await openDataset(run.train.data, { onNote });
  if (dataset.categories.length === 0) throw new InputError(run.train.data, 'lists no categories');
  if (run.from !== null && run.backboneWeights !== null) {
    throw new UsageError(`${source}: "from" and "backboneWeights" are mutually exclusive`);
  }
  const { trainee, weights, notes } = await startOf({ run, source, dataset }, options);
  for (const note of notes) onNote?.(note);
  return { run, trainee, state: initialState(weights), dataset };
}

/** The initial model of a run: another model, a new one on a classifier's backbone, or a new one. */
async function startOf(
  options: MakerOptions,
  { offline, signal, onProgress }: Pick<TrainOptions, 'offline' | 'signal' | 'onProgress'>,
): Promise<StartWeights & { trainee: Trainee }> {
  const { run } = options;
  const random = seededRandom(seedAt(run.training.seed, startPurpose));
  if (run.from !== null) {
    const path = await findModel(run.from, {
      // `false` does not override MASK_RCNN_OFFLINE.
      offline: offline || undefined,
      signal,
      onProgress,
    });
    return fromModel(path, options, random);
  }
  const maker = isSemanticArchitecture(run.architecture) ? semanticMaker(options) : detectorMaker(options);
  const trainee = maker.build(run.backboneWeights === null);
  if (run.backboneWeights === null) {
    return { trainee, weights: initialWeights(trainee.shapes(), random), notes: [] };
  }
  return { trainee, ...(await fromClassifier(run.backboneWeights, trainee, random)) };
}

/** Starts from a model; parts that do not fit the run's categories are re-initialised. */
async function fromModel(
  path: string,
  options: MakerOptions,
  random: Random,
): Promise<StartWeights & { trainee: Trainee }> {
  const { run, source } = options;
  const isSemantic = (await modelKindAt(path)) === 'fcn';
  if (!isSemantic && isSemanticArchitecture(run.architecture)) {
    throw new UsageError(`${source}: ${run.from} is not an FCN, so ${run.architecture} cannot start from it`);
  }
  const maker = isSemantic ? semanticMaker(options) : detectorMaker(options);
  const { trainee, weights, keepPredictors } = await maker.open(path);
  try {
    return { trainee, ...(await adoptWeights(trainee.shapes(), weights, { random, keepPredictors })) };
  } finally {
    await weights.close();
  }
}

function shapesOf(weights: TrainingState['weights']): Map<string, readonly number[]> {
  return new Map([...weights].map(([name, { shape }]) => [name, shape]));
}

function initialState(weights: TrainingState['weights']): TrainingState {
  return {
    step: 0,
    weights,
    optimizer: new Map(),
    average: new Map(),
    best: null,
    validationsWithoutGain: 0,
    validationDue: false,
  };
}

/** Weights whose backbone comes from an image classifier. */
async function fromClassifier(path: string, trainee: Trainee, random: Random): Promise<StartWeights> {
  const { config, backboneScope } = trainee;
  const shapes = trainee.shapes();
  const file = await openWeights(path);
  try {
    const start = backboneWeights(file, config.backbone.name, shapes, backboneScope);
    const { weights } = await adoptWeights(shapes, start.weights, { random, keepPredictors: true });
    return { weights, notes: [start.note] };
  } finally {
    await file.close();
  }
}

async function runPlan(plan: Plan, options: TrainOptions, fullRuntime: Runtime): Promise<LoopOutcome> {
  const { run, trainee, state, dataset } = plan;
  const { labels } = matchCategories(trainee.categories, dataset.categories);
  const { records, notes } = trainingRecords(dataset, locationOf(run.train), labels, trainee.regions);
  for (const note of notes) options.onNote?.(note);
  const { threads, trainableStages } = run.training;
  const runtime = threads === null ? fullRuntime : withThreads(fullRuntime, threads);
  const validationSet = await validationSetOf(plan);
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
async function validationSetOf({ run, trainee, dataset: trained }: Plan): Promise<ValidationSet | null> {
  if (run.validation === null) return null;
  const { data } = run.validation;
  const dataset = data === run.train.data ? trained : await openDataset(data);
  requireSharedCategory(data, dataset.categories, trainee.categories);
  const pictures = locationOf(run.validation);
  // A validation needs them all, and may be hours away.
  await checkFrames(pictureFiles(dataset, pictures), 'refuse');
  return { dataset, pictures };
}
