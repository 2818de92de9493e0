import { join } from 'node:path';
import type { MaskRcnnError } from '../core/errors.ts';
import { removeLeftovers, writeAtomically } from '../core/node/atomic-write.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import type { PictureRecord } from '../data/sample/sample.ts';
import { type RunDescription, type TrainingState, writeCheckpoint } from '../train/checkpoint.ts';
import { createTrainer, type Trainer, type TrainerOptions } from '../train/trainer.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import { type RunPlan, runFiles } from './folder.ts';
import { type Metrics, metricNames } from './log/metric.ts';
import { type MetricsLog, openMetrics } from './log/metrics-log.ts';
import { writeReport } from './log/report.ts';
import { openLoader } from './open-loader.ts';

export interface ValidationResult {
  /** The value by which the best model is selected; higher is better. */
  readonly value: number;
  /** Named values for the log, 0…1. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Evaluates weights on pictures that are not used for training. */
export interface Validation {
  /** The name of the value that selects the best model, for messages: `AP`. */
  readonly measure: string;
  /**
   * @param shouldStop Called before every picture; returning true ends the validation.
   * @returns Null if it was ended.
   */
  run(
    weights: ReadonlyMap<string, Float32Tensor>,
    shouldStop: () => boolean,
  ): Promise<ValidationResult | null>;
}

export interface LoopOptions extends Omit<TrainerOptions, 'checkpoint'> {
  /** The run's folder, which exists and is locked. */
  readonly out: string;
  readonly records: readonly PictureRecord[];
  readonly description: RunDescription;
  readonly validation?: Validation;
  /** Called after every step and before every picture of a validation; returning true saves and ends the run. */
  readonly shouldStop?: () => boolean;
  /** Called with the metrics of every step and validation. */
  readonly onMetrics?: (metrics: Metrics) => void;
  /** Called with each picture that cannot be used. */
  readonly onBadPicture?: (error: MaskRcnnError) => void;
}

export interface LoopOutcome {
  /** `stopped`: on request; `early`: validations did not improve. */
  readonly ending: 'finished' | 'stopped' | 'early';
  readonly step: number;
  /** The best validation; `value` is the one named by `measure`. */
  readonly best: { readonly step: number; readonly value: number; readonly measure: string } | null;
}

/**
 * Trains until the last step, writing metrics, checkpoints and models into the run's folder. A run resumed
 * from a checkpoint, with the same description and pictures, ends with the same bits as an uninterrupted one.
 * @param state The initial state; changed in place.
 * @throws DivergenceError, InputError (no usable picture; the folder cannot be written). Saved files are
 * kept.
 */
export async function trainLoop(state: TrainingState, options: LoopOptions): Promise<LoopOutcome> {
  const { out, training } = options;
  const paths = pathsIn(out);
  await Promise.all(Object.values(runFiles).map((name) => removeLeftovers(join(out, name))));
  // A run that has ended and is resumed takes no steps, and threads that still compile cannot be ended without a crash.
  const trainer = hasEnded(state, training)
    ? null
    : await createTrainer(state, { ...options, checkpoint: paths.checkpoint });
  try {
    const plan: RunPlan = {
      steps: training.steps,
      picturesPerStep: training.batchSize * training.accumulate,
      pictures: options.records.length,
    };
    await writeAtomically(join(out, runFiles.plan), `${JSON.stringify(plan)}\n`);
    const log = await openMetrics(out, state.step);
    try {
      return await takeSteps({ state, options, log, paths }, trainer);
    } finally {
      await log.close();
    }
  } finally {
    await trainer?.release();
  }
}

/** @param trainer Null if the run has no steps left. */
async function takeSteps(run: Run, trainer: Trainer | null): Promise<LoopOutcome> {
  const { state, options } = run;
  // Its threads keep the process alive until they are closed.
  const loader = openLoader(options, options.onBadPicture);
  try {
    if (state.step === 0) await saveCheckpoint(run);
    // A run that was stopped in a validation resumes with it.
    let ending = state.validationDue || hasEnded(state, options.training) ? await finishStep(run) : null;
    while (ending === null) {
      const started = performance.now();
      const report = await trainer!.step(loader);
      const seconds = (performance.now() - started) / 1000;
      await record(run, {
        step: report.step,
        values: {
          ...lossMetrics(report.losses),
          [metricNames.gradientNorm]: report.gradientNorm,
          [metricNames.learningRate]: report.learningRate,
          [metricNames.picturesPerSecond]: report.pictures.length / seconds,
        },
      });
      state.validationDue = isToBeValidated(run);
      ending = await finishStep(run);
    }
    if (ending !== 'stopped') await saveModels(run);
    return { ending, step: state.step, best: state.best && { ...state.best, measure: measureOf(options) } };
  } finally {
    await loader.close();
  }
}

interface Run {
  readonly state: TrainingState;
  readonly options: LoopOptions;
  readonly log: MetricsLog;
  readonly paths: ReturnType<typeof pathsIn>;
}

function pathsIn(folder: string) {
  return {
    checkpoint: join(folder, runFiles.checkpoint),
    best: join(folder, runFiles.best),
    last: join(folder, runFiles.last),
  };
}

function lossMetrics(losses: Readonly<Record<string, number>>): Record<string, number> {
  const total = Object.values(losses).reduce((sum, loss) => sum + loss, 0);
  const named = Object.entries(losses).map(([name, loss]) => [
    name.replace('loss_', metricNames.losses),
    loss,
  ]);
  return { [metricNames.totalLoss]: total, ...Object.fromEntries(named) };
}

async function record({ log, options }: Run, metrics: Metrics): Promise<void> {
  await log.write(metrics);
  options.onMetrics?.(metrics);
}

/** Whether the last step is one of those after which the weights are validated. */
function isToBeValidated({ state, options }: Run): boolean {
  const { steps, validateEvery } = options.training;
  const every = validateEvery ?? Math.max(1, Math.ceil(steps / 10));
  return options.validation !== undefined && (state.step % every === 0 || state.step === steps);
}

/**
 * Validates and saves the last step where that is due.
 * @returns How the run ends with this step, or null if it goes on.
 */
async function finishStep(run: Run): Promise<LoopOutcome['ending'] | null> {
  const { state, options } = run;
  const { steps, checkpointEvery } = options.training;
  const shouldStop = options.shouldStop ?? (() => false);
  const wasDue = state.validationDue;
  const stopped = shouldStop() || !(await validate(run, shouldStop));
  if (wasDue || stopped || state.step % checkpointEvery === 0 || state.step === steps) {
    await saveCheckpoint(run);
  }
  if (stopped) return 'stopped';
  if (!hasEnded(state, options.training)) return null;
  return isWithoutGain(state, options.training) ? 'early' : 'finished';
}

/** Whether no step is left to take. */
function hasEnded(state: TrainingState, training: LoopOptions['training']): boolean {
  return state.step === training.steps || isWithoutGain(state, training);
}

/** Whether the last validations did not improve. */
function isWithoutGain(
  { validationsWithoutGain }: TrainingState,
  { patience }: LoopOptions['training'],
): boolean {
  return patience !== null && validationsWithoutGain >= patience;
}

/** Validates the last step if that is due. @returns Whether it is done; false if it was stopped. */
async function validate(run: Run, shouldStop: () => boolean): Promise<boolean> {
  const { state, options, paths } = run;
  if (!options.validation || !state.validationDue) return true;
  const weights = weightsToShip(state);
  const result = await options.validation.run(weights, shouldStop);
  if (result === null) return false;
  state.validationDue = false;
  const values = Object.entries(result.metrics).map(([name, value]) => [
    metricNames.validation + name,
    value,
  ]);
  await record(run, { step: state.step - 1, values: Object.fromEntries(values) });
  if (state.best === null || result.value > state.best.value) {
    state.best = { step: state.step, value: result.value };
    state.validationsWithoutGain = 0;
    await saveModel(paths.best, weights, options.description);
  } else state.validationsWithoutGain++;
  return true;
}

async function saveCheckpoint({ state, options, log, paths }: Run): Promise<void> {
  await writeCheckpoint(paths.checkpoint, state, options.description);
  await writeReport(options.out, log.history, {
    title: 'Training',
    facts: {
      pictures: String(options.records.length),
      steps: `${state.step} of ${options.training.steps}`,
      [`best ${measureOf(options)}`]: state.best
        ? `${state.best.value.toFixed(4)} at step ${state.best.step}`
        : '–',
    },
  });
}

function measureOf({ validation }: LoopOptions): string {
  return validation?.measure ?? 'model';
}

/** Without validation the last model is the best known. */
async function saveModels({ state, options, paths }: Run): Promise<void> {
  const weights = weightsToShip(state);
  await saveModel(paths.last, weights, options.description);
  if (!options.validation) await saveModel(paths.best, weights, options.description);
}

async function saveModel(
  path: string,
  weights: ReadonlyMap<string, Float32Tensor>,
  { config }: RunDescription,
): Promise<void> {
  await writeSafetensors(path, memoryWeights(path, weights), { metadata: { config } });
}

/** The weights, or their moving average if one is kept. */
function weightsToShip({ weights, average }: TrainingState): Map<string, Float32Tensor> {
  return new Map(
    [...weights].map(([name, tensor]) => {
      const mean = average.get(name);
      return [name, mean ? float32Tensor(tensor.shape, mean) : tensor];
    }),
  );
}
