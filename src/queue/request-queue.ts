import { randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import { unlessAborted } from '../core/abort.ts';
import { MaskRcnnError } from '../core/errors.ts';
import { closeWorker } from './close-worker.ts';
import type { QueueConnection } from './connection.ts';
import { bullmq, keyPrefix, openWorker, workerNames } from './queue.ts';
import { RunStates } from './run-state.ts';

/** An answer, and how many milliseconds its request was queued. */
export interface Reply {
  readonly value: unknown;
  readonly queuedMs: number;
}

/** `late`: no answer before the deadline; `lost`: several workers died with the request. */
export type NoReplyKind = 'late' | 'lost';

/** Why a request was not answered. */
export class NoReply extends MaskRcnnError {
  override name = 'NoReply';
  readonly kind: NoReplyKind;

  constructor(kind: NoReplyKind, problem: string) {
    super(problem);
    this.kind = kind;
  }
}

export interface AskOptions {
  /** Milliseconds until the deadline. */
  readonly timeoutMs: number;
  /** Removes the request; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** The state of the requests for one model. */
export interface RequestState {
  readonly waiting: number;
  /** Age of the oldest waiting request in milliseconds; 0 if none waits. */
  readonly oldestMs: number;
  /** The workers that answer, and the pictures that each has done. */
  readonly workers: readonly { readonly name: string; readonly pictures: number }[];
}

/** The asking side of a queue of requests for one model. */
export interface RequestQueue {
  /** @throws NoReply; the signal's reason; what the worker threw, as a MaskRcnnError. */
  ask(data: object, options: AskOptions): Promise<Reply>;
  state(): Promise<RequestState>;
  close(): Promise<void>;
}

/** A request as it is stored. */
interface Envelope {
  readonly deadline: number;
  readonly data: unknown;
}

/** Seconds for which an answered request is kept, so that who asked cannot miss that it ended. */
const keptSeconds = 10;

/** Events that are kept; each holds an answer. */
const keptEvents = 200;

/** A request is given up after this many workers have died with it; usually its deadline comes first. */
const maxLosses = 3;

const stalledLimit = /stalled more than allowable/;

/** The queue of a model; any text can be a model's name. */
function queueName(model: string): string {
  return `requests.${encodeURIComponent(model)}`;
}

/** Opens the asking side. */
export async function openRequestQueue(redis: QueueConnection, model: string): Promise<RequestQueue> {
  const { Queue, QueueEvents } = await bullmq();
  const common = { connection: redis, prefix: keyPrefix };
  const streams = { events: { maxLen: keptEvents } };
  const queue = new Queue<Envelope>(queueName(model), { ...common, streams });
  // By default events are read from when the connection is there, which would miss those of the first requests.
  const [last] = await redis.xrevrange(queue.toKey('events'), '+', '-', 'COUNT', 1);
  const events = new QueueEvents(queueName(model), { ...common, lastEventId: last?.[0] ?? '0-0' });
  queue.on('error', () => {});
  events.on('error', () => {});
  // Each request in flight has its listeners.
  queue.setMaxListeners(0);
  events.setMaxListeners(0);
  const states = new RunStates(redis);
  const kept = { age: keptSeconds };
  const add = (data: object, timeoutMs: number) =>
    queue.add(
      'request',
      { deadline: Date.now() + timeoutMs, data },
      { jobId: randomUUID(), removeOnComplete: kept, removeOnFail: kept },
    );
  return {
    async ask(data, { timeoutMs, signal }) {
      signal?.throwIfAborted();
      const late = new NoReply('late', `no answer within ${timeoutMs / 1000} s`);
      let job: Job<Envelope> | undefined;
      const answer = async () => {
        job = await add(data, timeoutMs);
        // With a deadline of its own, so that its listeners are removed in any case.
        return (await job.waitUntilFinished(events, 2 * timeoutMs)) as Reply | { late: true };
      };
      try {
        const reply = await untilDeadline(answer(), late, { timeoutMs, signal });
        if ('late' in reply) throw late;
        return reply;
      } catch (error) {
        if (error instanceof MaskRcnnError || signal?.aborted) throw error;
        const { message } = error as Error;
        if (stalledLimit.test(message)) throw new NoReply('lost', 'several workers died while processing it');
        throw new MaskRcnnError(message, { cause: error });
      } finally {
        // One that a worker has is removed when it ends.
        job?.remove().catch(() => {});
      }
    },
    async state() {
      const [oldest] = await queue.getRanges(['waiting'], 0, 0, true);
      const added = oldest === undefined ? null : await redis.hget(queue.toKey(oldest), 'timestamp');
      const names = await workerNames(queue);
      return {
        waiting: await queue.getWaitingCount(),
        oldestMs: added === null ? 0 : Math.max(0, Date.now() - Number(added)),
        workers: await Promise.all(
          names.map(async (name) => ({ name, pictures: await states.picturesOf(name) })),
        ),
      };
    },
    async close() {
      await Promise.all([events.close(), queue.close()]);
    },
  };
}

/** @throws `late` at the deadline; the signal's reason. What the answer throws later concerns nobody. */
async function untilDeadline<T>(
  answer: Promise<T>,
  late: Error,
  { timeoutMs, signal }: AskOptions,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), timeoutMs);
  });
  try {
    return await unlessAborted(Promise.race([answer, deadline]), signal);
  } finally {
    clearTimeout(timer);
  }
}

export interface AnswerOptions {
  /** The model that requests are answered for. */
  readonly model: string;
  /** Name of the worker. */
  readonly name: string;
  /** Milliseconds after which a worker that does not renew its lock counts as dead. */
  readonly lostMs: number;
  /** @returns A JSON value. */
  readonly answer: (data: unknown) => Promise<unknown>;
}

/** Answers the requests for a model. @returns Ends it once those in hand are answered. */
export async function answerRequests(
  redis: QueueConnection,
  { model, name, lostMs, answer }: AnswerOptions,
): Promise<() => Promise<void>> {
  const states = new RunStates(redis);
  const processJob = async (job: Job<Envelope>): Promise<Reply | { late: true }> => {
    const { deadline, data } = job.data;
    // Nobody waits for it any more.
    if (!(Date.now() < deadline)) return { late: true };
    const queuedMs = Math.max(0, (job.processedOn ?? job.timestamp) - job.timestamp);
    const value = await answer(data);
    await states.countPictures(name, 1);
    return { value, queuedMs };
  };
  const settings = { connection: redis, name, lostMs, maxLosses };
  const worker = await openWorker(queueName(model), processJob, settings);
  return () => closeWorker(worker, redis);
}
