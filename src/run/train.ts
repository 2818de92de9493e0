import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelConfig } from '../config/parse.ts';
import { isSemanticArchitecture, isSemanticConfig, parseSemanticConfig } from '../config/semantic.ts';
import { parseRunConfig, type RunConfig } from '../config/training.ts';
import { InputError, MaskRcnnError, UsageError } from '../core/errors.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { readCocoDataset } from '../data/coco/coco.ts';
import { seedAt } from '../data/load/order.ts';
import { trainingRecords } from '../data/load/training-records.ts';
import { backboneWeights } from '../import/backbone-weights.ts';
import { isSemanticFile } from '../import/semantic-file.ts';
import { findModel } from '../predict/load/find-model.ts';
import { nodeRuntime } from '../runtime/node.ts';
import { withThreads } from '../runtime/runtime.ts';
import { readCheckpoint, type TrainingState } from '../train/checkpoint.ts';
import { adoptWeights, initialWeights, type StartWeights } from '../train/initial-weights.ts';
import { openWeights } from '../weights/open-weights.ts';
import { detectorMaker, detectorTrainee } from './detector-trainee.ts';
import type { Metrics } from './log/metric.ts';
import { type LoopOptions, type LoopOutcome, runFiles, trainLoop } from './loop.ts';
import { semanticMaker, semanticTrainee } from './semantic-trainee.ts';
import { labelsOf, type Trainee, type ValidationSet } from './trainee.ts';

export interface TrainOptions {
  /** Folder for checkpoints, models, figures and the report. */
  readonly out: string;
  /** The run, as `mask-rcnn train --config` reads it; left out where `resume` goes on with the folder's run. */
  readonly run?: unknown;
  /** What error messages call `run`. */
  readonly source?: string;
  /** Goes on with the run in the folder. */
  readonly resume?: boolean;
  /** Allows no download of a model to start from. */
  readonly offline?: boolean;
  /** Is asked after every step: true saves and ends the run, which can be resumed. */
  readonly shouldStop?: () => boolean;
  /** Is told how long the run is, before the first step. */
  readonly onStart?: (plan: { steps: number; done: number; pictures: number }) => void;
  readonly onMetrics?: (metrics: Metrics) => void;
  /** Is told what the user should know: lines of text. */
  readonly onNote?: (line: string) => void;
}

/** What a data set of unknown size needs: seen this often … */
const timesSeen = 60;
/** … but not more pictures in all than this, unless that would be fewer than … */
const mostShown = 3000;
/** … this many times each. */
const leastTimesSeen = 12;

/** What a random number of the start is drawn for; see `seedAt`. */
const startPurpose = 11;

/**
 * Trains a model on a COCO data set. The folder then holds `best.safetensors` and `last.safetensors`, which `load`
 * and the other commands take, `checkpoint.safetensors`, `metrics.jsonl`, TensorBoard events and `training.html`.
 * @throws InputError, UsageError, DivergenceError with one clear line.
 */
export async function train(options: TrainOptions): Promise<LoopOutcome> {
  const checkpoint = join(options.out, runFiles.checkpoint);
  if (options.resume && !existsSync(checkpoint)) {
    throw new InputError(checkpoint, 'there is no run to resume');
  }
  if (!options.resume && existsSync(checkpoint)) {
    throw new UsageError(`${options.out} holds a run already; resume it, or choose another folder`);
  }
  const plan = options.resume ? await resumedPlan(checkpoint) : await newPlan(options);
  return runPlan(plan, options);
}

interface Plan {
  readonly run: RunConfig;
  readonly trainee: Trainee;
  readonly state: TrainingState;
}

async function resumedPlan(checkpoint: string): Promise<Plan> {
  const { state, description } = await readCheckpoint(checkpoint);
  const run = parseRunConfig(checkpoint, JSON.parse(description.training));
  const config: unknown = JSON.parse(description.config);
  const trainee = isSemanticConfig(config)
    ? semanticTrainee(parseSemanticConfig(checkpoint, config))
    : detectorTrainee(parseModelConfig(checkpoint, config));
  return { run, trainee, state };
}

async function newPlan({ run: value, source = 'the run', offline, onNote }: TrainOptions): Promise<Plan> {
  const run = parseRunConfig(source, value);
  const dataset = await readCocoDataset(run.train.data);
  if (dataset.categories.length === 0) throw new InputError(run.train.data, 'lists no categories');
  if (run.from !== null && run.backboneWeights !== null) {
    throw new UsageError(`${source}: "from" and "backboneWeights" exclude each other`);
  }
  const start = run.from === null ? null : await findModel(run.from, offline ? { offline } : {});
  const isSemantic = start === null ? isSemanticArchitecture(run.architecture) : await isSemanticFile(start);
  const maker = (isSemantic ? semanticMaker : detectorMaker)({ run, source, dataset });
  const random = seededRandom(seedAt(run.training.seed, startPurpose));
  const plan = (trainee: Trainee, { weights, notes }: StartWeights): Plan => {
    for (const note of notes) onNote?.(note);
    return { run, trainee, state: initialState(weights) };
  };
  if (start !== null) {
    if (!isSemantic && isSemanticArchitecture(run.architecture)) {
      throw new UsageError(`${source}: ${run.from} is no FCN, from which ${run.architecture} could start`);
    }
    const { trainee, weights, keepPredictors } = await maker.open(start);
    try {
      return plan(trainee, await adoptWeights(trainee.shapes, weights, { random, keepPredictors }));
    } finally {
      await weights.close();
    }
  }
  const trainee = maker.build(run.backboneWeights === null);
  if (run.backboneWeights !== null)
    return plan(trainee, await fromClassifier(run.backboneWeights, trainee, random));
  return plan(trainee, { weights: initialWeights(trainee.shapes, random), notes: [] });
}

function initialState(weights: TrainingState['weights']): TrainingState {
  return {
    step: 0,
    weights,
    optimizer: new Map(),
    average: new Map(),
    best: null,
    validationsWithoutGain: 0,
  };
}

/** Weights whose backbone is that of an image classifier. */
async function fromClassifier(path: string, trainee: Trainee, random: Random): Promise<StartWeights> {
  const { config, shapes, backboneScope } = trainee;
  const file = await openWeights(path);
  try {
    const start = backboneWeights(file, config.backbone.name, shapes, backboneScope);
    const { weights } = await adoptWeights(shapes, start.weights, { random, keepPredictors: true });
    return { weights, notes: [start.note] };
  } finally {
    await file.close();
  }
}

async function runPlan({ run, trainee, state }: Plan, options: TrainOptions): Promise<LoopOutcome> {
  const { training } = run;
  const dataset = await readCocoDataset(run.train.data);
  const labels = labelsOf(dataset, trainee.categories);
  const { records, notes } = trainingRecords(dataset, run.train.images, labels, trainee.ignoredLabel);
  for (const note of notes) options.onNote?.(note);
  const runtime = training.threads === null ? nodeRuntime : withThreads(nodeRuntime, training.threads);
  const validation =
    run.validation && trainee.validation(await validationSet(run.validation, trainee), runtime);
  const steps = training.steps ?? defaultSteps(records.length, training.batchSize * training.accumulate);
  const fromNothing = run.from === null && run.backboneWeights === null;
  const loop: LoopOptions = {
    task: trainee.task(training.trainableStages ?? (fromNothing ? 5 : 3)),
    training,
    steps,
    runtime,
    out: options.out,
    records,
    description: { config: JSON.stringify(trainee.config), training: JSON.stringify(run) },
    onBadPicture: ({ message }) => options.onNote?.(`${message}; another picture takes its place`),
    ...(validation ? { validation } : {}),
    ...(options.shouldStop ? { shouldStop: options.shouldStop } : {}),
    ...(options.onMetrics ? { onMetrics: options.onMetrics } : {}),
  };
  options.onStart?.({ steps, done: state.step, pictures: records.length });
  return trainLoop(state, loop);
}

/** Updates for a data set, where the user names no number. */
function defaultSteps(pictures: number, perStep: number): number {
  const shown = Math.max(leastTimesSeen * pictures, Math.min(timesSeen * pictures, mostShown));
  return Math.ceil(shown / perStep);
}

async function validationSet(
  { data, images }: NonNullable<RunConfig['validation']>,
  trainee: Trainee,
): Promise<ValidationSet> {
  const dataset = await readCocoDataset(data);
  const labels = labelsOf(dataset, trainee.categories);
  if (labels.size === 0) {
    throw new MaskRcnnError(`${data}: none of its categories is among those of the training set`);
  }
  return { dataset, folder: images, labels };
}
