import { hostname } from 'node:os';
import type { BulkJobOptions, Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Chunk, chunkId } from './chunk.ts';
import { optionalPackage, queuePackages } from './optional-package.ts';

/** Prefix of all keys on the server, those of BullMQ included. */
export const keyPrefix = 'mask-rcnn';

/** The name of the queue of chunks. */
export const chunkQueueName = 'chunks';

/** How often a chunk is tried where it fails for a reason that may pass, and milliseconds before the second try. */
const attempts = 8;
const backoffMs = 1000;

export function bullmq(): Promise<typeof import('bullmq')> {
  return optionalPackage('bullmq', '--queue', () => import('bullmq'), queuePackages);
}

export type ChunkQueue = Queue<Chunk>;

/** The queue of chunks; closing it leaves the connection open. */
export async function openChunkQueue(connection: Redis): Promise<ChunkQueue> {
  const { Queue } = await bullmq();
  const queue: ChunkQueue = new Queue(chunkQueueName, { connection, prefix: keyPrefix });
  // The connection reports its interruptions itself.
  queue.on('error', () => {});
  return queue;
}

/** Adds chunks; those that the queue has already are left alone. */
export async function addChunks(queue: ChunkQueue, chunks: readonly Chunk[]): Promise<void> {
  const jobs = chunks.map((data) => {
    const opts: BulkJobOptions = {
      jobId: chunkId(data),
      attempts,
      backoff: { type: 'exponential', delay: backoffMs },
      removeOnComplete: true,
    };
    return { name: 'chunk', data, opts };
  });
  await queue.addBulk(jobs);
}

/** Ids of the jobs that have failed and are not tried again by themselves, the latest first. */
export function failedJobs(queue: ChunkQueue): Promise<string[]> {
  // Without a range, BullMQ gives the last two.
  return queue.getRanges(['failed'], 0, -1);
}

/** The name of this process as a worker. */
export function workerName(): string {
  return `${hostname()}-${process.pid}`;
}

export interface WorkerSettings {
  readonly connection: Redis;
  /** See `workerName`. */
  readonly name: string;
  /** Milliseconds after which a worker that does not renew its lock counts as dead. */
  readonly lostMs: number;
  /** A job fails once more workers than this have died with it. */
  readonly maxLosses: number;
}

/** Starts to take the jobs of a queue, one after the other; closing the worker leaves the connection open. */
export async function openWorker<Data, Answer>(
  queue: string,
  processJob: (job: Job<Data>) => Promise<Answer>,
  { connection, name, lostMs, maxLosses }: WorkerSettings,
): Promise<Worker<Data, Answer>> {
  const { Worker } = await bullmq();
  const worker = new Worker<Data, Answer>(queue, processJob, {
    connection,
    prefix: keyPrefix,
    name,
    concurrency: 1,
    lockDuration: lostMs,
    stalledInterval: Math.ceil(lostMs / 2),
    maxStalledCount: maxLosses,
    runRetryDelay: 1000,
  });
  // The connection reports its interruptions; a lost lock means that another worker has the job, too.
  worker.on('error', () => {});
  return worker;
}

/** The names of the workers that are connected to a queue, each once. */
export async function workerNames(queue: Pick<Queue, 'getWorkers'>): Promise<string[]> {
  // BullMQ gives the queue's name as `name`; the connection is called PREFIX:QUEUE:w:WORKER.
  const names = (await queue.getWorkers()).flatMap(({ rawname = '' }) => rawname.split(':w:').slice(1));
  return [...new Set(names)].sort();
}
