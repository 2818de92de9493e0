import type { Job } from 'bullmq';
import type { ComputeOptions } from '../config/device.ts';
import { unlessAborted } from '../core/abort.ts';
import { messageOf } from '../core/errors.ts';
import { pause } from '../core/node/pause.ts';
import type { QueueAddress } from './address.ts';
import type { Chunk } from './chunk.ts';
import { type ChunkProcessorOptions, processChunk } from './chunk-processor.ts';
import { closeWorker } from './close-worker.ts';
import { connect, disconnect, type QueueConnection } from './connection.ts';
import type { HashedFile } from './fetched-model.ts';
import type { Permissions } from './permissions.ts';
import {
  addChunks,
  bullmq,
  type ChunkQueue,
  chunkQueueName,
  openChunkQueue,
  openWorker,
  workerName,
} from './queue.ts';
import { RefusedJob } from './refused-job.ts';
import { RunStates } from './run-state.ts';
import { WorkerModels } from './worker-models.ts';

export interface QueueWorkerOptions {
  readonly address: QueueAddress;
  readonly permissions: Permissions;
  /** Models that jobs may name by their checksum. */
  readonly models: readonly HashedFile[];
  /** Forbids downloads of published models. Default: whether `MASK_RCNN_OFFLINE` is 1. */
  readonly offline: boolean | undefined;
  readonly compute: ComputeOptions;
  /** Larger pictures are refused. Default: as `predict`. */
  readonly maxPixels: number | undefined;
  /** Jobs that choose a larger size of resized pictures are refused. */
  readonly maxSide: number;
  /** Milliseconds after which a worker that does not renew its lock counts as dead. */
  readonly lostMs: number;
  /** Whether to end when the queue is empty. */
  readonly drain: boolean;
  /** Called with each line that a user should see. */
  readonly onNote: (line: string) => void;
  /** Ends the worker once the chunk in hand is done. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at whether the queue is empty. */
const drainPollMs = 500;

/** BullMQ's own limit would fail a job; dividing it is better. */
const noStalledLimit = 1_000_000;

/**
 * Takes chunks from a queue and predicts them, one after the other, until the signal or the end of the queue.
 * @throws what `connect` throws.
 */
export async function runQueueWorker(options: QueueWorkerOptions): Promise<void> {
  const { address, onNote, signal, permissions, models: given, compute, offline } = options;
  const redis = await connect(address, { patient: true, onNote, signal });
  const onExit = (reason: string) => onNote(`the process of the model ended: ${reason}`);
  const models = new WorkerModels({ given, permissions, offline, compute, onExit });
  try {
    await takeChunks(redis, { ...options, models });
  } finally {
    await models.close();
    await disconnect(redis);
  }
}

export interface TakeOptions extends Omit<QueueWorkerOptions, 'address' | 'models' | 'compute' | 'offline'> {
  readonly models: ChunkProcessorOptions['models'];
}

/** The same with given models and an open connection. */
export async function takeChunks(redis: QueueConnection, options: TakeOptions): Promise<void> {
  const { onNote, signal, lostMs, drain } = options;
  const queue = await openChunkQueue(redis);
  const { UnrecoverableError } = await bullmq();
  const name = workerName();
  const stored = new RunStates(redis);
  let isComputing = false;
  const states: ChunkProcessorOptions['states'] = {
    async isCancelled(run) {
      isComputing = !(await stored.isCancelled(run));
      return !isComputing;
    },
    async done(...outcome) {
      isComputing = false;
      await stored.done(...outcome);
    },
  };
  const add = (chunks: readonly Chunk[]) => addChunks(queue, chunks);
  const settings = { ...options, states, name, add };
  const processJob = async ({ id = '', data, stalledCounter }: Job) => {
    try {
      await processChunk({ id, data, losses: stalledCounter }, settings);
    } catch (error) {
      // The job is left to another worker: the server is away.
      if (signal.aborted && redis.status !== 'ready') throw error;
      onNote(`job ${id}: ${messageOf(error)}`);
      throw error instanceof RefusedJob ? new UnrecoverableError(error.message) : error;
    } finally {
      isComputing = false;
    }
  };
  const worker = await openWorker(chunkQueueName, processJob, {
    connection: redis,
    name,
    lostMs,
    maxLosses: noStalledLimit,
  });
  try {
    await untilEnd(queue, signal, drain);
  } finally {
    await closeWorker(worker, redis, () => isComputing);
    await queue.close();
  }
}

/** Resolves at the signal, or with `drain` once no job is left. */
async function untilEnd(queue: ChunkQueue, signal: AbortSignal, drain: boolean): Promise<void> {
  const stillThere = (error: unknown): false => {
    if (signal.aborted) return false;
    throw error;
  };
  while (!signal.aborted) {
    await pause(drainPollMs, signal).catch(() => {});
    if (drain && !signal.aborted && (await unlessAborted(isEmpty(queue), signal).catch(stillThere))) return;
  }
}

async function isEmpty(queue: ChunkQueue): Promise<boolean> {
  const left = ['waiting', 'prioritized', 'delayed', 'active'] as const;
  return (await queue.getJobCountByTypes(...left)) === 0;
}
