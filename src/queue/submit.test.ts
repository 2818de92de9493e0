import { mkdirSync } from 'node:fs';
import { UnrecoverableError, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { hasRedis, RedisServer } from '../../test/support/redis-server.ts';
import { parseQueueAddress } from './address.ts';
import { awaitRun } from './await-run.ts';
import { connect, disconnect, type QueueConnection } from './connection.ts';
import { type ChunkQueue, chunkQueueName, keyPrefix, openChunkQueue } from './queue.ts';
import { folderStore } from './result-store.ts';
import { RunStates } from './run-state.ts';
import { cancelRun, queueStatus, retryFailed } from './status.ts';
import { type SubmitOptions, submitRun } from './submit.ts';

const folder = new TestFolder();
let server: RedisServer;
let redis: QueueConnection;
let queue: ChunkQueue;

describe.skipIf(!hasRedis('submissions'))('a submission', () => {
  beforeAll(async () => {
    mkdirSync(folder.at('redis'));
    server = await RedisServer.start({ folder: folder.at('redis') });
    redis = await connect(parseQueueAddress(server.address, {}), { onNote: () => {} });
    queue = await openChunkQueue(redis);
  });
  afterAll(async () => {
    await queue.close();
    await disconnect(redis);
    await server.stop();
    folder.remove();
  });
  afterEach(() => redis.flushall());

  /** Submits pictures that do not exist. */
  function submit(out: string, pictures: number, options: Partial<SubmitOptions> = {}) {
    const model = { name: 'm', sha256: '0'.repeat(64) };
    return submitRun(redis, queue, {
      settings: { model, choices: { score: 0.5 }, plane: {}, out },
      pictures: names(pictures),
      store: folderStore(folder.at(out)),
      chunkSize: 4,
      maxWaiting: 1000,
      onProgress: () => {},
      ...options,
    });
  }

  test('adds each chunk once, and only what is missing', async () => {
    expect(await submit('a', 10)).toMatchObject({ pictures: 10, offered: 3, done: 0 });
    const [first] = await queue.getWaiting(0, 0);
    expect(first.data).toMatchObject({ start: 0, pictures: ['0.png', '1.png', '2.png', '3.png'] });
    const { run } = await submit('a', 10);
    expect(await queue.getWaitingCount()).toBe(3);
    await new RunStates(redis).done(run, { start: 4, count: 4, failed: [] }, 'w');
    expect(await submit('a', 10)).toMatchObject({ run, offered: 2, done: 1 });
    // Another list: the chunks whose pictures are the same are not added again.
    await submit('a', 12);
    expect(await queue.getWaitingCount()).toBe(4);
  });

  test('waits while the queue is long', async () => {
    const waits: number[] = [];
    const onProgress = (listed: number, isWaiting: boolean) => {
      if (!isWaiting) return;
      waits.push(listed);
      if (waits.length === 1) void queue.drain();
    };
    // Jobs are added 200 at a time.
    await submit('b', 300, { chunkSize: 1, maxWaiting: 150, onProgress });
    expect(waits).toEqual([300]);
    expect(await queue.getWaitingCount()).toBe(100);
  });

  test('can be cancelled, and its failed jobs be tried again', async () => {
    const [one, other] = [await submit('c', 8), await submit('d', 8)];
    const refuse = async () => {
      throw new UnrecoverableError('no such model');
    };
    const worker = new Worker(chunkQueueName, refuse, { connection: redis, prefix: keyPrefix });
    const states = new RunStates(redis);
    await expect(awaitRun(queue, states, one.run, () => {})).rejects.toThrow(
      new RegExp(`^\\d jobs? of run ${one.run} failed, the last: no such model$`),
    );
    while ((await queue.getFailedCount()) < 4) await new Promise(setImmediate);
    await worker.close();
    const { jobs, failures, runs } = await queueStatus(queue, states);
    expect(jobs).toEqual({ waiting: 0, active: 0, failed: 4 });
    expect(failures[0].reason).toBe('no such model');
    expect(runs.map(({ out }) => out)).toEqual(['c', 'd']);
    expect(await retryFailed(queue, one.run)).toBe(2);
    expect(await queue.getJobCounts('waiting', 'failed')).toEqual({ waiting: 2, failed: 2 });
    await cancelRun(queue, states, one.run);
    expect(await queue.getJobCounts('waiting', 'failed')).toEqual({ waiting: 0, failed: 2 });
    expect(await retryFailed(queue, undefined)).toBe(2);
    await expect(awaitRun(queue, states, one.run, () => {})).rejects.toThrow('was cancelled');
    expect((await states.get(other.run))?.cancelled).toBe(false);
  });
});

async function* names(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `${i}.png`;
}
