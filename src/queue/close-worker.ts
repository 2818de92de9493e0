import type { Worker } from 'bullmq';
import { pause } from '../core/node/pause.ts';
import type { QueueConnection } from './connection.ts';

/** Milliseconds between two looks at a job in hand. */
const pollMs = 50;

/**
 * Closes a worker once its job in hand is done. Where the server is away, it only waits until the results are written: the
 * job goes to another worker, which finds them.
 * @param isComputing Whether the results of the job in hand are still being computed.
 */
export async function closeWorker(
  worker: Pick<Worker, 'pause' | 'close'>,
  redis: Pick<QueueConnection, 'status'>,
  isComputing: () => boolean = () => false,
): Promise<void> {
  // It takes no other job.
  await worker.pause(true);
  while (isComputing()) await pause(pollMs);
  await worker.close(redis.status !== 'ready');
}
