import { type ComputeOptions, checkDevice } from '../config/device.ts';
import type { ModelConfig } from '../config/schema.ts';
import { unlessAborted } from '../core/abort.ts';
import { MaskRcnnError } from '../core/errors.ts';
import { asyncDispose } from '../core/lifetime.ts';
import { shareOfCores } from '../core/node/cores.ts';
import { checkCounts, checkOptions } from '../core/options.ts';
import { fromPlainError } from '../core/plain-error.ts';
import { toPicture } from '../image/picture.ts';
import type { PictureSource } from '../image/picture-source.ts';
import { readModelConfig } from '../model-file/model-file.ts';
import { choiceNames, choicesIn, configFor, type PredictionChoices } from '../predict/choices.ts';
import type { Prediction } from '../predict/instance.ts';
import { isFile, type PlainSource, plainSource } from '../predict/load/decode-source.ts';
import { type FindModelOptions, findModel } from '../predict/load/find-model.ts';
import { loadNames } from '../predict/load/node.ts';
import type { PredictOptions } from '../predict/model.ts';
import { fromPlain, type PredictAnswer, type PredictJob, type PredictSettings } from './predict-job.ts';
import { WorkerPool } from './worker-pool.ts';
import { workerProcesses } from './worker-process.ts';

export interface CreatePoolOptions extends FindModelOptions, ComputeOptions, PredictionChoices {
  /** Worker processes, each with its own copy of the model. Default 1, which keeps this process responsive. */
  workers?: number | undefined;
  /** Threads that one prediction uses. Default: the cores divided by the workers. */
  threads?: number | undefined;
}

/** Options of a prediction in another process. */
export type PoolPredictOptions = PredictionChoices & Pick<PredictOptions, 'signal'>;

/**
 * A model in worker processes. `Model.predict` computes in the thread that calls it, which answers nothing else
 * meanwhile; a pool leaves that thread free, and predicts several pictures at once. A worker that crashes is restarted,
 * and its picture given to another one. The pool keeps this process alive until it is closed.
 */
export class ModelPool implements AsyncDisposable {
  readonly config: ModelConfig;
  readonly #pool: WorkerPool<PredictJob, PredictAnswer>;
  #closing: Promise<void> | null = null;

  /** @internal Called by `createPool`. */
  constructor(config: ModelConfig, pool: WorkerPool<PredictJob, PredictAnswer>) {
    this.config = config;
    this.#pool = pool;
  }

  /**
   * Finds the instances in a picture, or in each of several. Pictures wait for a free worker, in order.
   * @throws InputError that names the picture where it cannot be decoded; UsageError where an option is unknown or out
   *   of range; PoolError where the pool was closed, two workers crashed on the picture, or no worker can be started; the reason of
   *   the signal.
   */
  async predict(source: PictureSource, options?: PoolPredictOptions): Promise<Prediction>;
  async predict(sources: readonly PictureSource[], options?: PoolPredictOptions): Promise<Prediction[]>;
  async predict(
    source: PictureSource | readonly PictureSource[],
    options?: PoolPredictOptions,
  ): Promise<Prediction | Prediction[]>;
  async predict(
    source: PictureSource | readonly PictureSource[],
    options: PoolPredictOptions = {},
  ): Promise<Prediction | Prediction[]> {
    checkOptions('predict', options, { ...choiceNames, signal: true });
    configFor(this.config, options);
    if (!isList(source)) return this.#predictOne(source, options);
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    try {
      return await Promise.all(source.map((one) => this.#predictOne(one, { ...options, signal })));
    } finally {
      // After a failure, the other pictures need not be predicted.
      stop.abort();
    }
  }

  /** Ends the workers; predictions that have not ended fail. A second call does nothing more. */
  close(): Promise<void> {
    this.#closing ??= this.#pool.close();
    return this.#closing;
  }

  /** The same, for `await using`. */
  [asyncDispose](): Promise<void> {
    return this.close();
  }

  async #predictOne(source: PictureSource, options: PoolPredictOptions): Promise<Prediction> {
    const job = { source: await transferable(source), choices: choicesIn(options) };
    const { answer } = await this.#pool.run(job, options.signal);
    if ('prediction' in answer) return fromPlain(answer.prediction, this.config);
    const error = fromPlainError(answer.error);
    throw error instanceof MaskRcnnError ? error : new Error(`a worker failed: ${error.stack}`);
  }
}

/**
 * Loads a model into worker processes.
 * @param nameOrPath As for `load`.
 * @throws what `load` throws; MaskRcnnError where a worker cannot start.
 * @example
 * ```ts
 * import { createPool } from 'mask-rcnn';
 *
 * await using pool = await createPool('nuclei', { workers: 2 });
 * const predictions = await pool.predict(['pictures/1.png', 'pictures/2.png'], { score: 0.7 });
 * console.log(predictions.map(({ instances }) => instances.length));
 * ```
 */
export async function createPool(nameOrPath: string, options: CreatePoolOptions = {}): Promise<ModelPool> {
  checkOptions('createPool', options, { ...loadNames, workers: true });
  const { workers = 1, threads = shareOfCores(workers), device, offline, onProgress, signal } = options;
  const choices = choicesIn(options);
  checkCounts('createPool', { workers, threads });
  if (device !== undefined) checkDevice(device);
  const modelFile = await findModel(nameOrPath, { offline, onProgress, signal });
  const config = await readModelConfig(modelFile);
  configFor(config, choices);
  const settings: PredictSettings = { modelFile, compute: { threads, device }, choices };
  const module = new URL('./predict-worker', import.meta.url);
  const start = workerProcesses<PredictJob, PredictAnswer>(module, settings);
  const pool = new WorkerPool({ start, workers, queue: Number.POSITIVE_INFINITY, timeoutMs: null });
  try {
    await unlessAborted(pool.ready, signal);
  } catch (error) {
    await pool.close();
    throw error;
  }
  return new ModelPool(config, pool);
}

function isList(source: PictureSource | readonly PictureSource[]): source is readonly PictureSource[] {
  return Array.isArray(source);
}

/** A picture as it can be sent to a worker. @throws UsageError where it is none. */
async function transferable(source: PictureSource): Promise<PlainSource> {
  const plain = await plainSource(source);
  return isFile(plain) ? plain : toPicture(plain);
}
