import { optimizerRates, type PlannedTraining, type TrainingConfig } from '../config/training.ts';
import type { Float32Tensor } from '../core/tensor.ts';
import type { Loader } from '../data/load/loader.ts';
import { seedAt } from '../data/load/order.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { adamW } from './adamw.ts';
import type { TrainingState } from './checkpoint.ts';
import { checkDivergence, type StepReport } from './divergence.ts';
import { updateAverage } from './ema.ts';
import { accumulateGradients, clippingScale, gradientNorm } from './gradients.ts';
import type { Optimizer, Parameter } from './optimizer.ts';
import { shareWeights, startReplicas } from './replicas.ts';
import { learningRateFactor } from './schedule.ts';
import { sgd } from './sgd.ts';
import type { TrainingStep, TrainingTask } from './task.ts';

/** The purpose of a step's random sampling; see `seedAt`. */
const samplingPurpose = 7;

/** Weight of the batch's statistics in the running ones (torch `BatchNorm2d`). */
const statisticsMomentum = 0.1;

export interface TrainerOptions {
  readonly task: TrainingTask;
  readonly training: PlannedTraining;
  readonly runtime: Runtime;
  /** The checkpoint with the last good weights, for messages. */
  readonly checkpoint: string;
}

/** Runs one update after another. */
export interface Trainer {
  /**
   * Makes one update of the state's weights and increments its step.
   * @throws DivergenceError if a loss or gradient is not a finite number; the weights are then unchanged.
   */
  step(loader: Loader): Promise<StepReport & { learningRate: number }>;
  release(): Promise<void>;
}

/** @param state Changed in place: weights, optimiser, average, step. */
export async function createTrainer(state: TrainingState, options: TrainerOptions): Promise<Trainer> {
  const { task, training } = options;
  const trainable = task.trainable(state.weights.keys());
  const optimizer = createOptimizer(training);
  const parametersNow = () => [...trainable].map((name) => parameterOf(name, state, training));
  if (state.step > 0) checkBuffers(state, { parameters: parametersNow(), optimizer, options });
  const network = await startNetwork(state, trainable, options);
  // Only now, because replicas share weights that were moved to other memory.
  const parameters = parametersNow();
  const { learningRate: fullRate } = optimizerRates(training.optimizer);
  if (state.step > 0) optimizer.restore(state.optimizer);
  state.optimizer = optimizer.state();

  return {
    async step(loader) {
      const { step } = state;
      const { gradients, losses, statistics, pictures } = await gather(loader, network, training, step);
      const norm = gradientNorm(gradients) / training.accumulate;
      const report = { step, losses, gradientNorm: norm, pictures };
      checkDivergence(report, training.largestLoss, options.checkpoint);
      const learningRate = fullRate * learningRateFactor(training.schedule, step, training.steps);
      const gradientScale = clippingScale(norm, training.optimizer.clipNorm) / training.accumulate;
      optimizer.step(parameters, gradients, { learningRate, gradientScale });
      moveStatistics(state.weights, statistics);
      if (training.emaDecay !== null) updateAverage(state.average, parameters, training.emaDecay, step);
      state.step++;
      return { ...report, learningRate };
    },
    release: () => network.release(),
  };
}

/** @throws InputError unless the buffers of a resumed state are exactly those that its run leaves after a step. */
function checkBuffers(
  state: TrainingState,
  {
    parameters,
    optimizer,
    options: { training, checkpoint },
  }: { parameters: readonly Parameter[]; optimizer: Optimizer; options: TrainerOptions },
): void {
  checkKeys(checkpoint, optimizer.buffers(parameters), vectorShapes(state.optimizer), 'optimizer buffers');
  const averaged = training.emaDecay === null ? [] : parameters;
  const averages = vectorShapes(averaged.map(({ name, data }) => [name, data]));
  checkKeys(checkpoint, averages, vectorShapes(state.average), 'averaged weights');
}

function vectorShapes(vectors: Iterable<readonly [string, Float32Array]>): Map<string, readonly number[]> {
  return new Map([...vectors].map(([name, { length }]) => [name, [length]]));
}

/** The network, or replicas of it that run in parallel. */
function startNetwork(
  { weights }: TrainingState,
  trainable: ReadonlySet<string>,
  { task, training, runtime }: TrainerOptions,
): Promise<TrainingStep> | TrainingStep {
  const { batchSize } = training;
  if (training.replicas === 1) return task.compile(weights, { runtime, trainable, batchSize });
  shareWeights(weights, trainable);
  return startReplicas(task.spec, weights, training);
}

interface Gathered {
  /** Sums over the runs. */
  gradients: Map<string, Float32Array>;
  losses: Record<string, number>;
  /** One entry per run. */
  statistics: ReadonlyMap<string, Float32Array>[];
  pictures: string[];
}

/** Runs the batches of one update; losses are means, gradients sums. */
async function gather(
  loader: Loader,
  network: TrainingStep,
  { seed, accumulate: runs, replicas }: PlannedTraining,
  step: number,
): Promise<Gathered> {
  const gathered: Gathered = { gradients: new Map(), losses: {}, statistics: [], pictures: [] };
  const runAt = async (run: number) => {
    const position = step * runs + run;
    const batch = await loader.batch(position);
    return { batch, result: await network.run(batch, seedAt(seed, samplingPurpose, position)) };
  };
  // Replicas take the next run as soon as they are free; a single network makes one after the other.
  const started: ReturnType<typeof runAt>[] = [];
  for (let run = 0; run < runs; run++) {
    const waits = replicas === 1 && run > 0;
    started.push(waits ? started[run - 1].then(() => runAt(run)) : runAt(run));
    // The loop below reports the first failure; those of later runs must not count as unhandled.
    started[run].catch(() => {});
  }
  // Summed in the order of the runs, regardless of which ends first, so that the sum is bit-identical every time.
  for (let next = started.shift(); next; next = started.shift()) {
    const { batch, result } = await next;
    accumulateGradients(gathered.gradients, result.gradients);
    for (const [name, loss] of Object.entries(result.losses)) {
      gathered.losses[name] = (gathered.losses[name] ?? 0) + loss / runs;
    }
    gathered.statistics.push(result.statistics);
    gathered.pictures.push(...batch.names);
  }
  return gathered;
}

function parameterOf(name: string, { weights }: TrainingState, { optimizer }: TrainingConfig): Parameter {
  const { data, shape } = weights.get(name) as Float32Tensor;
  const weightDecay =
    shape.length < 2 ? optimizer.weightDecayOfVectors : optimizerRates(optimizer).weightDecay;
  return { name, data, weightDecay };
}

function createOptimizer({ optimizer: { kind, momentum, nesterov, betas } }: TrainingConfig): Optimizer {
  return kind === 'sgd' ? sgd({ momentum, nesterov }) : adamW({ betas });
}

function moveStatistics(
  weights: ReadonlyMap<string, Float32Tensor>,
  runs: readonly ReadonlyMap<string, Float32Array>[],
): void {
  for (const statistics of runs) {
    for (const [name, now] of statistics) {
      const running = (weights.get(name) as Float32Tensor).data;
      for (let i = 0; i < running.length; i++) running[i] += statisticsMomentum * (now[i] - running[i]);
    }
  }
}
