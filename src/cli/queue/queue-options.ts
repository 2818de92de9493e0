import { type Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { parseQueueAddress, type QueueAddress } from '../../queue/address.ts';
import { connect, disconnect, type QueueConnection } from '../../queue/connection.ts';
import { type ChunkQueue, openChunkQueue } from '../../queue/queue.ts';
import { RunStates } from '../../queue/run-state.ts';
import { numberFrom } from '../options/option-values.ts';
import { note } from '../terminal/output.ts';

/** The option of every command that uses a queue. */
export interface QueueOptions {
  queue?: string;
}

/** Pictures per job. */
export const defaultChunkSize = 16;

/** Jobs of a run that may wait at once. */
export const defaultMaxWaiting = 50_000;

const addressHelp =
  'Redis or Valkey server: redis://HOST:PORT, rediss:// for TLS; the password is taken from MASK_RCNN_QUEUE_PASSWORD';

/** @param purpose For commands that also work without a queue. Default: the queue is required. */
export function addQueueOption(command: Command, purpose?: string): Command {
  const help =
    purpose === undefined ? `${addressHelp} (default: MASK_RCNN_QUEUE)` : `${purpose}, on a ${addressHelp}`;
  return command.option('--queue <address>', help);
}

/** @throws UsageError where neither the option nor the environment has an address, or it is none. */
export function queueAddress({ queue }: QueueOptions): QueueAddress {
  const address = queue ?? process.env.MASK_RCNN_QUEUE;
  if (!address) throw new UsageError('expected --queue redis://HOST:PORT, or MASK_RCNN_QUEUE');
  return parseQueueAddress(address);
}

/** What commands need of a queue. */
export interface OpenQueue {
  readonly redis: QueueConnection;
  readonly queue: ChunkQueue;
  readonly states: RunStates;
}

/** Runs a command with the queue of its options, and closes it. @throws what `connect` and `use` throw. */
export async function withQueue<T>(options: QueueOptions, use: (open: OpenQueue) => Promise<T>): Promise<T> {
  const redis = await connect(queueAddress(options), { onNote: note });
  try {
    const queue = await openChunkQueue(redis);
    try {
      return await use({ redis, queue, states: new RunStates(redis) });
    } finally {
      await queue.close();
    }
  } finally {
    await disconnect(redis);
  }
}

/** `--lost-after`, for everything that takes jobs. */
export function lostAfterOption(): Option {
  return new Option(
    '--lost-after <s>',
    'seconds without a sign of life after which the chunk of a worker goes to another one',
  )
    .argParser(numberFrom(0.5, 3600))
    .default(30);
}
