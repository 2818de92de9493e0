import { mkdirSync, rmSync } from 'node:fs';
import { UnrecoverableError, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { hasRedis, RedisServer } from '../../test/support/redis-server.ts';
import { parseQueueAddress } from './address.ts';
import { awaitRun } from './await-run.ts';
import { fileOf, folderOf } from './chunk-results.ts';
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

  /** Does what a worker does. */
  async function finish(run: string, out: string, start: number, count: number, failed: number[] = []) {
    const span = { start, count };
    await folderStore(folder.at(out)).write(`${folderOf(start)}/${fileOf(span)}`, '…');
    await new RunStates(redis).done(run, { ...span, failed }, 'w');
  }

  test('adds each chunk once, and only what is missing', async () => {
    expect(await submit('a', 10)).toMatchObject({ pictures: 10, offered: 3, done: 0 });
    const [first] = await queue.getWaiting(0, 0);
    expect(first.data).toMatchObject({ start: 0, pictures: ['0.png', '1.png', '2.png', '3.png'] });
    const { run } = await submit('a', 10);
    expect(await queue.getWaitingCount()).toBe(3);
    await finish(run, 'a', 4, 4);
    expect(await submit('a', 10)).toMatchObject({ run, offered: 2, done: 1 });
    // A list that has grown: the chunks whose pictures are the same are not added again.
    await submit('a', 12);
    expect(await queue.getWaitingCount()).toBe(4);
  });

  test('refuses another list of pictures for the same results, and leaves the run as it is', async () => {
    const { run } = await submit('e', 10);
    const before = await redis.hgetall(`${keyPrefix}:run:${run}`);
    const changed = 'has the results of other pictures, so their list has changed; choose another --out';
    const others = async function* (count: number) {
      yield 'new.png';
      yield* names(count);
    };
    for (const pictures of [others(9), others(10), others(20), names(9)])
      await expect(submit('e', 0, { pictures })).rejects.toThrow(`${folder.at('e')}: ${changed}`);
    expect(await redis.hgetall(`${keyPrefix}:run:${run}`)).toEqual(before);
    expect(await queue.getWaitingCount()).toBe(3);
    expect(await submit('e', 10)).toMatchObject({ run, pictures: 10 });
  });

  test('adds again what the results have lost, and pictures that have an error', async () => {
    const { run } = await submit('f', 12);
    await queue.drain();
    for (const start of [0, 4, 8]) await finish(run, 'f', start, 4, start === 8 ? [9] : []);
    const states = new RunStates(redis);
    expect(await submit('f', 12)).toMatchObject({ offered: 1, done: 2 });
    expect(await states.get(run)).toMatchObject({ done: 8, failed: 0 });
    await finish(run, 'f', 8, 4);
    rmSync(folder.at(`f/${folderOf(0)}/${fileOf({ start: 4, count: 4 })}`));
    await queue.drain();
    expect(await submit('f', 12)).toMatchObject({ offered: 1, done: 2 });
    expect((await queue.getWaiting())[0].data.start).toBe(4);
    expect(await states.get(run)).toMatchObject({ done: 8, listed: 12 });
    // The results of divided chunks are as good; the size of chunks is that of the first submission.
    await finish(run, 'f', 4, 2);
    await finish(run, 'f', 6, 2);
    expect(await submit('f', 12, { chunkSize: 6 })).toMatchObject({ offered: 0, done: 3, chunkSize: 4 });
  });

  test('adds failed jobs again', async () => {
    const { run } = await submit('g', 8);
    const refuse = async () => {
      throw new UnrecoverableError('no such model');
    };
    const worker = new Worker(chunkQueueName, refuse, { connection: redis, prefix: keyPrefix });
    while ((await queue.getFailedCount()) < 2) await new Promise(setImmediate);
    await worker.close();
    expect(await submit('g', 8)).toMatchObject({ run, offered: 2 });
    expect(await queue.getJobCounts('waiting', 'failed')).toEqual({ waiting: 2, failed: 0 });
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
    const [one, other] = [await submit('c', 12), await submit('d', 12)];
    const refuse = async () => {
      throw new UnrecoverableError('no such model');
    };
    const worker = new Worker(chunkQueueName, refuse, { connection: redis, prefix: keyPrefix });
    const states = new RunStates(redis);
    while ((await queue.getFailedCount()) < 6) await new Promise(setImmediate);
    await worker.close();
    await expect(awaitRun(queue, states, one.run, () => {})).rejects.toThrow(
      `3 jobs of run ${one.run} failed, the last: no such model`,
    );
    const { jobs, failures, runs } = await queueStatus(queue, states);
    expect(jobs).toEqual({ waiting: 0, active: 0, failed: 6 });
    expect(failures[0].reason).toBe('no such model');
    expect(runs.map(({ out, failedJobs }) => [out, failedJobs])).toEqual([
      ['c', 3],
      ['d', 3],
    ]);
    expect(await retryFailed(queue, one.run)).toBe(3);
    expect(await queue.getJobCounts('waiting', 'failed')).toEqual({ waiting: 3, failed: 3 });
    await cancelRun(queue, states, one.run);
    expect(await queue.getJobCounts('waiting', 'failed')).toEqual({ waiting: 0, failed: 3 });
    expect(await retryFailed(queue, undefined)).toBe(3);
    await expect(awaitRun(queue, states, one.run, () => {})).rejects.toThrow('was cancelled');
    expect((await states.get(other.run))?.cancelled).toBe(false);
  });
});

async function* names(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `${i}.png`;
}
