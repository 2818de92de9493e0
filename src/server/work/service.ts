import type { Device } from '../../config/device.ts';
import type { Category } from '../../config/schema.ts';
import { type Task, taskOf } from '../../config/task.ts';
import { UsageError } from '../../core/errors.ts';
import { shareOfCores } from '../../core/node/cores.ts';
import type { ModelCard } from '../../model-file/card.ts';
import { describeModelFile } from '../../model-file/model-file.ts';
import { PoolError } from '../../pool/pool-error.ts';
import {
  type Answered,
  type PoolEvent,
  type PoolStatus,
  WorkerPool,
  type WorkerPoolOptions,
} from '../../pool/worker-pool.ts';
import { workerProcesses } from '../../pool/worker-process.ts';
import type { PredictionChoices } from '../../predict/choices.ts';
import { Problem, unknownModel } from '../api/problem.ts';
import type { Job, JobAnswer, WorkerSettings } from './job.ts';

/** A model to serve. */
export interface ServedModel {
  /** The name that clients use. */
  name: string;
  /** Path of its model file. */
  file: string;
}

export interface ServiceOptions
  extends Pick<WorkerPoolOptions<Job, JobAnswer>, 'workers' | 'queue' | 'timeoutMs'> {
  /** The first is the default model. */
  models: readonly ServedModel[];
  /** Larger pictures are refused. */
  maxPixels: number;
  /** Threads of one prediction. Default: the cores divided by all workers. */
  threads?: number | undefined;
  /** Default `cpu`. */
  device?: Device | undefined;
  /** Defaults of every prediction. */
  choices?: PredictionChoices | undefined;
  /** Called when a worker has exited or a job is retried. */
  onEvent: (event: ServiceEvent) => void;
}

export type ServiceEvent = PoolEvent & { model: string };

/** What clients are told about a model. */
export interface ModelInfo {
  name: string;
  task: Task;
  categories: Category[];
  /** Default score threshold. */
  defaultScore: number;
  /** Null where the file has none. */
  card: ModelCard | null;
}

type JobPool = WorkerPool<Job, JobAnswer>;

/** The served models, each with its own pool of workers. */
export class PredictionService {
  readonly models: readonly ModelInfo[];
  readonly #pools: ReadonlyMap<string, JobPool>;
  readonly #files: ReadonlyMap<string, string>;

  /** @param models In the order of `pools`. */
  constructor(models: readonly (ModelInfo & { file: string })[], pools: readonly JobPool[]) {
    this.models = models.map(({ file: _, ...info }) => info);
    this.#pools = new Map(models.map(({ name }, i) => [name, pools[i]]));
    this.#files = new Map(models.map(({ name, file }) => [name, file]));
  }

  /** @throws Problem `unknown-model`, or `busy` if the model's queue is full. */
  checkSpace(model: string): void {
    const pool = this.#find(this.#pools, model);
    try {
      pool.checkSpace();
    } catch (error) {
      throw asProblem(error);
    }
  }

  /**
   * Returns the path of a model's file.
   * @throws Problem `unknown-model`.
   */
  fileOf(name: string): string {
    return this.#find(this.#files, name);
  }

  /**
   * Runs a job; see `WorkerPool.run`.
   * @throws Problem `unknown-model`, `busy`, `timeout`, `worker-died`, `no-worker` or `stopping`; the signal's reason.
   */
  async run(model: string, job: Job, signal?: AbortSignal): Promise<Answered<JobAnswer>> {
    const pool = this.#find(this.#pools, model);
    try {
      return await pool.run(job, signal);
    } catch (error) {
      throw asProblem(error);
    }
  }

  /** The state of every model's pool. */
  status(): (PoolStatus & { name: string })[] {
    return [...this.#pools].map(([name, pool]) => ({ name, ...pool.status }));
  }

  /** Process ids of all running workers. */
  get workerPids(): number[] {
    return [...this.#pools.values()].flatMap(({ pids }) => pids);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #find<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
    const value = values.get(name);
    if (value !== undefined) return value;
    throw unknownModel(name, values.keys());
  }
}

/** The problem document of a pool's error; other errors as they are. */
export function asProblem(error: unknown): unknown {
  if (!(error instanceof PoolError)) return error;
  const { kind, message, retryAfter } = error;
  return new Problem(kind, message, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
}

/**
 * Starts the workers of every model, dividing the machine's cores between them, and waits until all have loaded their
 * model.
 * @throws UsageError if two models have the same name; InputError if a file is not a model; MaskRcnnError if a worker
 *   cannot start.
 */
export async function startService(options: ServiceOptions): Promise<PredictionService> {
  const { models, workers, queue, timeoutMs, maxPixels, choices = {}, onEvent } = options;
  const infos = await Promise.all(models.map(describeModel));
  models.forEach(({ name, file }, i) => {
    const first = models.findIndex((other) => other.name === name);
    if (first < i) throw new UsageError(`${file} and ${models[first].file} would both be called ${name}`);
  });
  const { threads = shareOfCores(workers * models.length), device } = options;
  const pools = models.map(({ name, file }) => {
    const settings: WorkerSettings = {
      modelFile: file,
      compute: { threads, device },
      choices,
      maxPixels,
    };
    const start = workerProcesses<Job, JobAnswer>(new URL('./worker/worker', import.meta.url), settings);
    const onPoolEvent = (event: PoolEvent) => onEvent({ ...event, model: name });
    return new WorkerPool({ start, workers, queue, timeoutMs, onEvent: onPoolEvent });
  });
  try {
    await Promise.all(pools.map(({ ready }) => ready));
  } catch (error) {
    await Promise.all(pools.map((pool) => pool.close()));
    throw error;
  }
  return new PredictionService(infos, pools);
}

/** What the file of a model says about it. @throws InputError if it is not a model. */
export async function describeModel({ name, file }: ServedModel): Promise<ModelInfo & { file: string }> {
  const { config, card } = await describeModelFile(file);
  const { categories, defaultScore } = config;
  return { name, task: taskOf(config), categories, defaultScore, card, file };
}
