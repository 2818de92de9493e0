import { join } from 'node:path';
import type { MaskRcnnError } from '../core/errors.ts';
import { removeLeftovers, writeAtomically } from '../core/node/atomic-write.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import { createLoader } from '../data/load/loader.ts';
import type { PictureRecord } from '../data/sample/sample.ts';
import { type RunDescription, type TrainingState, writeCheckpoint } from '../train/checkpoint.ts';
import { createTrainer, type Trainer, type TrainerOptions } from '../train/trainer.ts';
import { writeSafetensors } from '../weights/safetensors/writer.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import { type RunPlan, runFiles } from './folder.ts';
import type { Metrics } from './log/metric.ts';
import { type MetricsLog, openMetrics } from './log/metrics-log.ts';
import { writeReport } from './log/report.ts';

export interface ValidationResult {
  /** The value by which the best model is selected; higher is better. */
  readonly value: number;
  /** Named figures for the log, 0…1. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Evaluates weights on pictures that are not used for training. */
export interface Validation {
  /** The name of the value that selects the best model, for messages: `AP`. */
  readonly measure: string;
  run(weights: ReadonlyMap<string, Float32Tensor>): Promise<ValidationResult>;
}

export interface LoopOptions extends Omit<TrainerOptions, 'checkpoint'> {
  /** The run's folder, which exists and is locked. */
  readonly out: string;
  readonly records: readonly PictureRecord[];
  readonly description: RunDescription;
  readonly validation?: Validation;
  /** Called after every step; returning true saves and ends the run. */
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
 * Trains until the last step, writing figures, checkpoints and models into the run's folder. A run resumed
 * from a checkpoint, with the same description and pictures, ends with the same bits as an uninterrupted one.
 * @param state The initial state; changed in place.
 * @throws DivergenceError, InputError (no usable picture; the folder cannot be written). Saved files are
 * kept.
 */
export async function trainLoop(state: TrainingState, options: LoopOptions): Promise<LoopOutcome> {
  const { out, training, steps } = options;
  const paths = pathsIn(out);
  await Promise.all(Object.values(runFiles).map((name) => removeLeftovers(join(out, name))));
  const trainer = await createTrainer(state, { ...options, checkpoint: paths.checkpoint });
  try {
    const plan: RunPlan = {
      steps,
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
    await trainer.release();
  }
}

async function takeSteps(run: Run, trainer: Trainer): Promise<LoopOutcome> {
  const { state, options } = run;
  const { task, training, steps } = options;
  // Its threads keep the process alive until they are closed.
  const loader = createLoader(options.records, {
    ...training,
    preprocess: task.preprocess,
    sizeDivisor: task.sizeDivisor,
    mirrored: task.mirrored,
    ...(options.onBadPicture ? { onBadPicture: options.onBadPicture } : {}),
  });
  let ending: LoopOutcome['ending'] = 'finished';
  try {
    if (state.step === 0) await saveCheckpoint(run);
    while (state.step < steps) {
      const started = Date.now();
      const report = await trainer.step(loader);
      const seconds = (Date.now() - started) / 1000;
      await record(run, {
        step: report.step,
        values: {
          ...lossFigures(report.losses),
          gradientNorm: report.gradientNorm,
          learningRate: report.learningRate,
          picturesPerSecond: report.pictures.length / seconds,
        },
      });
      const stop = options.shouldStop?.() ?? false;
      const validated = !stop && (await validateIfDue(run));
      if (validated || stop || state.step % training.checkpointEvery === 0 || state.step === steps) {
        await saveCheckpoint(run);
      }
      if (stop) ending = 'stopped';
      else if (training.patience !== null && state.validationsWithoutGain >= training.patience)
        ending = 'early';
      if (ending !== 'finished') break;
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

function lossFigures(losses: Readonly<Record<string, number>>): Record<string, number> {
  const total = Object.values(losses).reduce((sum, loss) => sum + loss, 0);
  const named = Object.entries(losses).map(([name, loss]) => [name.replace('loss_', 'loss/'), loss]);
  return { 'loss/total': total, ...Object.fromEntries(named) };
}

async function record({ log, options }: Run, metrics: Metrics): Promise<void> {
  await log.write(metrics);
  options.onMetrics?.(metrics);
}

/** @returns Whether the step had a validation. */
async function validateIfDue(run: Run): Promise<boolean> {
  const { state, options, paths } = run;
  const every = options.training.validateEvery ?? Math.max(1, Math.ceil(options.steps / 10));
  if (!options.validation || (state.step % every !== 0 && state.step !== options.steps)) return false;
  const weights = weightsToShip(state);
  const result = await options.validation.run(weights);
  const values = Object.entries(result.figures).map(([name, value]) => [`validation/${name}`, value]);
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
      steps: `${state.step} of ${options.steps}`,
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
