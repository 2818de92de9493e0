import type { BulkJobOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Chunk, chunkId } from './chunk.ts';
import { optionalPackage, queuePackages } from './optional-package.ts';
import { keyPrefix } from './run-state.ts';

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

/** The names of the workers that are connected to a queue, each once. */
export async function workerNames(queue: Pick<Queue, 'getWorkers'>): Promise<string[]> {
  // BullMQ gives the queue's name as `name`; the connection is called PREFIX:QUEUE:w:WORKER.
  const names = (await queue.getWorkers()).flatMap(({ rawname = '' }) => rawname.split(':w:').slice(1));
  return [...new Set(names)].sort();
}
