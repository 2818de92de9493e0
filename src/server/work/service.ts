import { taskOf } from '../../config/task.ts';
import { UsageError } from '../../core/errors.ts';
import { suggestion } from '../../core/near-names.ts';
import { shareOfCores } from '../../core/node/cores.ts';
import { openModelFile } from '../../model-file/model-file.ts';
import { Problem } from '../http/problem.ts';
import type { HealthBody, ModelsBody } from '../http/schemas.ts';
import type { Job, JobAnswer } from './messages.ts';
import { type PoolEvent, type PoolOptions, WorkerPool } from './worker-pool.ts';
import { workerProcesses } from './worker-process.ts';

/** A model as the server names it, and its file. */
export interface ServedModel {
  name: string;
  file: string;
}

export interface ServiceOptions extends Pick<PoolOptions, 'workers' | 'queue' | 'timeoutMs'> {
  /** The first one answers requests that name none. */
  models: readonly ServedModel[];
  maxPixels: number;
  onEvent: (model: string, event: PoolEvent) => void;
}

export type ModelInfo = ModelsBody['models'][number];

/** The models that are served, each with workers of its own. */
export class PredictionService {
  readonly models: readonly ModelInfo[];
  readonly #pools: ReadonlyMap<string, WorkerPool>;
  readonly #files: ReadonlyMap<string, string>;

  /** @param models In the order of `pools`. */
  constructor(models: readonly (ModelInfo & { file: string })[], pools: readonly WorkerPool[]) {
    this.models = models.map(({ file: _, ...info }) => info);
    this.#pools = new Map(models.map(({ name }, i) => [name, pools[i]]));
    this.#files = new Map(models.map(({ name, file }) => [name, file]));
  }

  /** @throws Problem `unknown-model`. */
  poolOf(name: string): WorkerPool {
    return this.#find(this.#pools, name);
  }

  /**
   * The path of a model's file.
   * @throws Problem `unknown-model`.
   */
  fileOf(name: string): string {
    return this.#find(this.#files, name);
  }

  /** See `WorkerPool.run`. */
  run(model: string, job: Job, signal?: AbortSignal): Promise<{ answer: JobAnswer; queuedMs: number }> {
    return this.poolOf(model).run(job, signal);
  }

  /** What every model's workers are at. */
  status(): HealthBody['models'] {
    return [...this.#pools].map(([name, pool]) => ({ name, ...pool.status }));
  }

  /** Process ids of all workers. */
  get workerPids(): number[] {
    return [...this.#pools.values()].flatMap(({ pids }) => pids);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #find<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
    const value = values.get(name);
    if (value !== undefined) return value;
    throw new Problem('unknown-model', `${name}${suggestion(name, [...values.keys()])}`);
  }
}

/**
 * Starts the workers of every model; the machine's cores are divided between them.
 * @returns When all have loaded their model.
 * @throws UsageError where two models have one name; InputError where a file is no model; MaskRcnnError where a
 *   worker cannot start.
 */
export async function startService(options: ServiceOptions): Promise<PredictionService> {
  const { models, workers, queue, timeoutMs, maxPixels, onEvent } = options;
  const infos = await Promise.all(models.map(describeModel));
  models.forEach(({ name, file }, i) => {
    const first = models.findIndex((other) => other.name === name);
    if (first < i) throw new UsageError(`${file} and ${models[first].file} would both be called ${name}`);
  });
  const threads = shareOfCores(workers * models.length);
  const pools = models.map(({ name, file }) => {
    const start = workerProcesses({ modelFile: file, threads, maxPixels });
    return new WorkerPool({ start, workers, queue, timeoutMs, onEvent: (event) => onEvent(name, event) });
  });
  try {
    await Promise.all(pools.map(({ ready }) => ready));
  } catch (error) {
    await Promise.all(pools.map((pool) => pool.close()));
    throw error;
  }
  return new PredictionService(infos, pools);
}

async function describeModel({ name, file }: ServedModel): Promise<ModelInfo & { file: string }> {
  const { config, weights } = await openModelFile(file);
  await weights.close();
  const task = taskOf(config);
  return { name, task, categories: config.categories, defaultScore: config.defaultScore, file };
}
