import { parseWith } from '../../config/parse.ts';
import { MaskRcnnError } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { WaitEstimate } from '../../pool/wait-estimate.ts';
import type { Answered, PoolStatus } from '../../pool/worker-pool.ts';
import { choicesIn, type PredictionChoices } from '../../predict/choices.ts';
import { announcedModels } from '../../queue/announced-models.ts';
import { disconnect, type QueueConnection } from '../../queue/connection.ts';
import {
  NoReply,
  openRequestQueue,
  type RequestQueue,
  type RequestState,
} from '../../queue/request-queue.ts';
import { Problem, unknownModel } from '../api/problem.ts';
import { modelsSchema } from '../api/schemas.ts';
import type { Job, JobAnswer } from '../work/job.ts';
import { asProblem, type ModelInfo } from '../work/service.ts';
import { packJob, unpackAnswer } from './request-data.ts';

export interface QueueServiceOptions {
  /** Models that are served whether or not a worker has announced them; the first is the default. */
  readonly own: readonly (ModelInfo & { readonly file: string })[];
  /** Maximum number of waiting requests per model. */
  readonly queue: number;
  /** Milliseconds from a request's acceptance to its deadline. */
  readonly timeoutMs: number;
  /** Defaults of every prediction. */
  readonly choices?: PredictionChoices | undefined;
}

/** Milliseconds between two looks at the state of the queues. */
const pollMs = 500;

const infoSchema = modelsSchema.shape.models.element;

/** Models that the workers of a queue serve. */
export class QueueService {
  readonly models: readonly ModelInfo[];
  readonly #options: QueueServiceOptions;
  readonly #redis: QueueConnection;
  readonly #queues: ReadonlyMap<string, RequestQueue>;
  readonly #states = new Map<string, RequestState>();
  readonly #poll: NodeJS.Timeout;
  #looking = false;
  /** Requests of this process that are not answered yet, by model. */
  readonly #asked = new Map<string, number>();
  readonly #wait = new WaitEstimate();

  private constructor(
    redis: QueueConnection,
    models: readonly ModelInfo[],
    queues: ReadonlyMap<string, RequestQueue>,
    options: QueueServiceOptions,
  ) {
    this.#redis = redis;
    this.models = models;
    this.#queues = queues;
    this.#options = options;
    this.#poll = setInterval(() => void this.#look(), pollMs);
  }

  /**
   * Opens the queues of the front end's own models, and of those that workers serve now.
   * @param redis Closed with the service.
   * @throws MaskRcnnError where there are none.
   */
  static async open(redis: QueueConnection, options: QueueServiceOptions): Promise<QueueService> {
    const own = options.own.map(({ file: _, ...info }) => info);
    const announced = [...(await announcedModels(redis))].map(([name, text]) =>
      parseWith(infoSchema, `the model ${name}`, parseJson(`the model ${name}`, text)),
    );
    const queues = new Map<string, RequestQueue>();
    const models: ModelInfo[] = [];
    for (const info of [...own, ...announced]) {
      if (queues.has(info.name)) continue;
      const queue = await openRequestQueue(redis, info.name);
      const isServed = own.includes(info) || (await queue.state()).workers.length > 0;
      // Announced by a worker that is gone.
      if (!isServed) await queue.close();
      else {
        queues.set(info.name, queue);
        models.push(info);
      }
    }
    if (models.length === 0) {
      throw new MaskRcnnError(
        'no worker of this queue serves a model: start mask-rcnn worker --serve --model NAME, or give --model',
      );
    }
    const service = new QueueService(redis, models, queues, options);
    await service.#look();
    return service;
  }

  /** @throws Problem `unknown-model`; `busy` if the model's queue is full; `unreachable`. */
  checkSpace(model: string): void {
    this.#queueOf(model);
    if (this.#redis.status !== 'ready') {
      throw new Problem('unreachable', 'the queue cannot be reached; try again later', {
        'retry-after': '5',
      });
    }
    const { waiting = 0, workers = [] } = this.#states.get(model) ?? {};
    // The state is half a second old; what this process has asked since counts as well.
    const queued = Math.max(waiting, (this.#asked.get(model) ?? 0) - workers.length);
    if (queued >= this.#options.queue) throw asProblem(this.#wait.busy(queued, workers.length));
  }

  /** @throws Problem `unknown-model`, `not-found` where only the workers have the file. */
  fileOf(name: string): string {
    this.#queueOf(name);
    const model = this.#options.own.find((own) => own.name === name);
    if (model) return model.file;
    throw new Problem('not-found', `this server does not have the file of ${name}; its workers do`);
  }

  /** @throws Problem `unknown-model`, `busy`, `unreachable`, `timeout` or `worker-died`; the signal's reason. */
  async run(model: string, job: Job, signal?: AbortSignal): Promise<Answered<JobAnswer>> {
    this.checkSpace(model);
    const { timeoutMs, choices } = this.#options;
    const chosen = { ...job, choices: { ...choices, ...choicesIn(job.choices) } };
    const started = performance.now();
    this.#asked.set(model, (this.#asked.get(model) ?? 0) + 1);
    try {
      const { value, queuedMs } = await this.#queueOf(model).ask(packJob(chosen), { timeoutMs, signal });
      this.#wait.add(performance.now() - started - queuedMs);
      return { answer: unpackAnswer(value), queuedMs };
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      throw new Problem(error.kind === 'late' ? 'timeout' : 'worker-died', error.message);
    } finally {
      this.#asked.set(model, (this.#asked.get(model) ?? 1) - 1);
    }
  }

  /** The state of every model's queue. */
  status(): (PoolStatus & { name: string })[] {
    return this.models.map(({ name }) => {
      const { waiting = 0, workers = [] } = this.#reachable(name) ?? {};
      return { name, workers: workers.length, ready: workers.length, queued: waiting };
    });
  }

  /** The queue of every model in detail. */
  queues(): (RequestState & { name: string })[] {
    return this.models.flatMap(({ name }) => {
      const state = this.#reachable(name);
      return state ? [{ name, ...state }] : [];
    });
  }

  /** There are none here. */
  get workerPids(): number[] {
    return [];
  }

  async close(): Promise<void> {
    clearInterval(this.#poll);
    if (this.#redis.status === 'ready')
      await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await disconnect(this.#redis);
  }

  /** The last state, unless the server is away. */
  #reachable(name: string): RequestState | undefined {
    return this.#redis.status === 'ready' ? this.#states.get(name) : undefined;
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#redis.status !== 'ready') return;
    this.#looking = true;
    try {
      for (const [name, queue] of this.#queues) this.#states.set(name, await queue.state());
    } catch {
      // The server went away meanwhile, which `status` shows.
    } finally {
      this.#looking = false;
    }
  }

  #queueOf(name: string): RequestQueue {
    const queue = this.#queues.get(name);
    if (queue !== undefined) return queue;
    throw unknownModel(name, this.#queues.keys());
  }
}
