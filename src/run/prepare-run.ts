import { parseAnyModelConfig } from '../config/any-config.ts';
import { isSemanticArchitecture } from '../config/semantic.ts';
import { parseRunConfig, type RunConfig, type RunInput } from '../config/training.ts';
import { InputError, UsageError } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';
import { type Random, seededRandom } from '../core/random.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import { openDataset } from '../data/coco/open-dataset.ts';
import { seedAt } from '../data/load/order.ts';
import { backboneWeights } from '../import/backbone-weights.ts';
import { modelKindAt } from '../import/model-kind.ts';
import { type FindModelOptions, findModel } from '../predict/load/find-model.ts';
import {
  initialState,
  type RunDescription,
  readCheckpoint,
  type TrainingState,
} from '../train/checkpoint.ts';
import { adoptWeights, initialWeights, type StartWeights } from '../train/initial-weights.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { openWeights } from '../weights/open-weights.ts';
import { detectorMaker, detectorTrainee } from './detector-trainee.ts';
import { semanticMaker, semanticTrainee } from './semantic-trainee.ts';
import type { MakerOptions, Trainee } from './trainee.ts';

/** The purpose of the random numbers for initial weights; see `seedAt`. */
const startPurpose = 11;

/** Those of `TrainOptions` that a new run depends on. */
export interface PrepareOptions extends FindModelOptions {
  /** As `mask-rcnn train --config` reads it. */
  readonly run?: RunInput | undefined;
  /** The name of `run` in error messages. */
  readonly source?: string | undefined;
  /** Called with each line intended for the user. */
  readonly onNote?: ((line: string) => void) | undefined;
}

/** A run that is known to be sound. */
export interface PreparedRun {
  readonly run: RunConfig;
  readonly trainee: Trainee;
  readonly state: TrainingState;
  /** The training set. */
  readonly dataset: CocoData;
}

/** Prepares the run of a checkpoint. */
export async function resumeRun(checkpoint: string): Promise<PreparedRun> {
  const { state, description } = await readCheckpoint(checkpoint);
  const stored = (key: keyof RunDescription) =>
    parseJson(checkpoint, description[key], `its metadata entry ${key}`);
  const run = parseRunConfig(`${checkpoint}: training`, stored('training'));
  const config = parseAnyModelConfig(`${checkpoint}: config`, stored('config'));
  const trainee = config.kind === 'fcn' ? semanticTrainee(config) : detectorTrainee(config);
  checkKeys(checkpoint, trainee.shapes(), shapesOf(state.weights));
  return { run, trainee, state, dataset: await openDataset(run.train.data) };
}

/** Prepares a new run; writes nothing. */
export async function prepareRun(options: PrepareOptions): Promise<PreparedRun> {
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
  { offline, signal, onProgress }: FindModelOptions,
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
