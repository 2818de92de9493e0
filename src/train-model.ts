import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { merge } from './config/merge.ts';
import { applyOverrides, readOverrides } from './config/overrides.ts';
import { parseModelConfig } from './config/parse.ts';
import { architectureNamed, presetConfig } from './config/presets.ts';
import type { Category, ModelConfig } from './config/schema.ts';
import { parseRunConfig, type RunConfig } from './config/training.ts';
import { InputError, MaskRcnnError, UsageError } from './core/errors.ts';
import { type Random, seededRandom } from './core/random.ts';
import { type CocoData, readCocoDataset } from './data/coco.ts';
import { type Joints, jointsOf } from './data/joints.ts';
import { seedAt } from './data/loader-order.ts';
import { trainingRecords } from './data/training-records.ts';
import { expectedWeights } from './model/inference-graphs.ts';
import { findModel } from './predict/find-model.ts';
import { importWeights } from './predict/import-weights.ts';
import { nodeRuntime } from './runtime/node.ts';
import { withThreads } from './runtime/runtime.ts';
import { backboneWeights } from './train/backbone-weights.ts';
import { readCheckpoint, type TrainingState } from './train/checkpoint.ts';
import { detectorTask } from './train/detector-task.ts';
import { adoptWeights, initialWeights } from './train/initial-weights.ts';
import { type LoopOptions, type LoopOutcome, runFiles, trainLoop } from './train/loop.ts';
import type { Metrics } from './train/metrics/metric.ts';
import { type ValidationSet, validateWeights } from './validate-model.ts';
import { openWeights } from './weights/open-weights.ts';

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
  readonly config: ModelConfig;
  readonly state: TrainingState;
}

async function resumedPlan(checkpoint: string): Promise<Plan> {
  const { state, description } = await readCheckpoint(checkpoint);
  const parse = (json: string): unknown => JSON.parse(json);
  return {
    run: parseRunConfig(checkpoint, parse(description.training)),
    config: parseModelConfig(checkpoint, parse(description.config)),
    state,
  };
}

async function newPlan({ run: value, source = 'the run', offline, onNote }: TrainOptions): Promise<Plan> {
  const run = parseRunConfig(source, value);
  const dataset = await readCocoDataset(run.train.data);
  if (dataset.categories.length === 0) throw new InputError(run.train.data, 'lists no categories');
  const random = seededRandom(seedAt(run.training.seed, startPurpose));
  const overrides = readOverrides(`${source}: model`, run.model);
  const categories = categoriesOf(dataset);
  const state = (weights: TrainingState['weights']): TrainingState => ({
    step: 0,
    weights,
    optimizer: new Map(),
    average: new Map(),
    best: null,
    validationsWithoutGain: 0,
  });
  if (run.from !== null && run.backboneWeights !== null) {
    throw new UsageError(`${source}: "from" and "backboneWeights" exclude each other`);
  }
  const joints = jointsOf(dataset);
  const architecture = () =>
    withJoints(presetConfig(architectureNamed(run.architecture), categories), joints);
  const configured = (own: ModelConfig) => {
    const config = applyOverrides(source, own, jointsInto(overrides, joints));
    if (config.keypoint === null || joints) return config;
    const advice = 'set "model": {"keypoint": null} to train without the keypoint branch';
    throw new InputError(run.train.data, `none of its categories has keypoints; ${advice}`);
  };
  if (run.backboneWeights !== null) {
    const config = configured(architecture());
    const { weights, note } = await fromClassifier(run.backboneWeights, config, random);
    onNote?.(note);
    return { run, config, state: state(weights) };
  }
  if (run.from === null) {
    const preset = architecture();
    // Statistics that were never measured cannot be frozen.
    const learning = applyOverrides(source, preset, { backbone: { norm: { kind: 'batchNorm' } } });
    const config = configured(learning);
    return { run, config, state: state(initialWeights(expectedWeights(config), random)) };
  }
  const start = await importWeights({ path: await findModel(run.from, offline ? { offline } : {}) });
  try {
    const keepPredictors = isSubset(categories, start.config.categories);
    const own = keepPredictors ? start.config : { ...start.config, categories };
    const config = configured(withJoints(own, joints));
    const adopted = await adoptWeights(expectedWeights(config), start.weights, { random, keepPredictors });
    for (const note of adopted.notes) onNote?.(note);
    return { run, config, state: state(adopted.weights) };
  } finally {
    await start.weights.close();
  }
}

/** The model with the joints of the data set, if it has a keypoint branch. */
function withJoints(config: ModelConfig, joints: Joints | null): ModelConfig {
  return config.keypoint && joints ? { ...config, keypoint: { ...config.keypoint, ...joints } } : config;
}

/** The same for a keypoint branch that the run's own configuration adds. */
function jointsInto(overrides: unknown, joints: Joints | null): unknown {
  const { keypoint } = overrides as { keypoint?: object | null };
  return keypoint && joints ? merge(overrides, { keypoint: { ...joints, ...keypoint } }) : overrides;
}

/** Weights whose backbone is that of an image classifier. */
async function fromClassifier(path: string, config: ModelConfig, random: Random) {
  const shapes = expectedWeights(config);
  const file = await openWeights(path);
  try {
    const start = backboneWeights(file, config.backbone.name, shapes);
    const { weights } = await adoptWeights(shapes, start.weights, { random, keepPredictors: true });
    return { weights, note: start.note };
  } finally {
    await file.close();
  }
}

async function runPlan({ run, config, state }: Plan, options: TrainOptions): Promise<LoopOutcome> {
  const { training } = run;
  const dataset = await readCocoDataset(run.train.data);
  const { records, notes } = trainingRecords(dataset, run.train.images, labelsOf(dataset, config));
  for (const note of notes) options.onNote?.(note);
  const validation = run.validation && (await validationSet(run.validation, config));
  const runtime = training.threads === null ? nodeRuntime : withThreads(nodeRuntime, training.threads);
  const steps = training.steps ?? defaultSteps(records.length, training.batchSize * training.accumulate);
  const fromNothing = run.from === null && run.backboneWeights === null;
  const loop: LoopOptions = {
    task: detectorTask(config, training.trainableStages ?? (fromNothing ? 5 : 3)),
    training,
    steps,
    runtime,
    out: options.out,
    records,
    description: { config: JSON.stringify(config), training: JSON.stringify(run) },
    onBadPicture: ({ message }) => options.onNote?.(`${message}; another picture takes its place`),
    ...(validation
      ? {
          validation: {
            measure: 'AP',
            run: (weights) => validateWeights(config, weights, validation, runtime),
          },
        }
      : {}),
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

function categoriesOf({ categories }: CocoData): Category[] {
  return categories.map(({ id, name }) => ({ id, name })).sort((a, b) => a.id - b.id);
}

/** Whether a model knows all the categories by name. */
function isSubset(categories: readonly Category[], known: readonly Category[]): boolean {
  const names = new Set(known.map(({ name }) => name));
  return categories.every(({ name }) => names.has(name));
}

/** Category id of the data set → class index of the model, by name. */
function labelsOf(dataset: CocoData, config: ModelConfig): Map<number, number> {
  const byName = new Map(config.categories.map(({ name }, i) => [name, i + 1]));
  const labels = new Map<number, number>();
  for (const { id, name } of dataset.categories) {
    const label = byName.get(name);
    if (label !== undefined) labels.set(id, label);
  }
  return labels;
}

async function validationSet(
  { data, images }: NonNullable<RunConfig['validation']>,
  config: ModelConfig,
): Promise<ValidationSet> {
  const dataset = await readCocoDataset(data);
  const categoryIds = new Map([...labelsOf(dataset, config)].map(([id, label]) => [label, id]));
  if (categoryIds.size === 0) {
    throw new MaskRcnnError(`${data}: none of its categories is among those of the training set`);
  }
  return { dataset, folder: images, categoryIds };
}
