import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { hasRedis, RedisServer } from '../../test/support/redis-server.ts';
import { parseQueueAddress } from './address.ts';
import { connect, disconnect, type QueueConnection } from './connection.ts';
import { RunStates } from './run-state.ts';

const folder = new TestFolder();
let server: RedisServer;
let redis: QueueConnection;

describe.skipIf(!hasRedis('the state of runs'))('the state of a run', () => {
  beforeAll(async () => {
    mkdirSync(folder.at('redis'));
    server = await RedisServer.start({ folder: folder.at('redis') });
    redis = await connect(parseQueueAddress(server.address, {}), { onNote: () => {} });
  });
  afterAll(async () => {
    await disconnect(redis);
    await server.stop();
    folder.remove();
  });

  test('counts each picture once, however often its chunk is done', async () => {
    const states = new RunStates(redis);
    await states.begin('a', { model: 'm', out: 'out' });
    await states.listed('a', 40, true);
    await states.done('a', { start: 0, count: 16, failed: [3] }, 'w1');
    await states.done('a', { start: 8, count: 8, failed: [] }, 'w2');
    await states.done('a', { start: 16, count: 4, failed: [16, 19] }, 'w2');
    expect(await states.get('a')).toMatchObject({ listed: 40, complete: true, done: 20, failed: 3 });
    expect((await states.get('a'))?.rate).toBeGreaterThan(0);
    expect([await states.picturesOf('w1'), await states.picturesOf('w2')]).toEqual([16, 4]);
    const progressOf = (...spans: [number, number][]) =>
      states.progressOf(
        spans.map(([start, count]) => ({ run: 'a', start, pictures: Array<string>(count).fill('x') })),
      );
    expect(await progressOf([0, 4], [4, 10], [16, 4], [15, 4], [18, 4], [20, 4], [4000, 1])).toEqual([
      'failed',
      'done',
      'failed',
      'failed',
      'open',
      'open',
      'open',
    ]);
    await states.reopen([{ run: 'a', start: 3, pictures: ['x', 'x'] }]);
    expect(await progressOf([0, 3], [3, 1], [4, 1], [5, 4])).toEqual(['done', 'open', 'open', 'done']);
    expect(await states.get('a')).toMatchObject({ done: 18, failed: 2 });
    await states.done('a', { start: 0, count: 8, failed: [3] }, 'w1');
    // Another attempt succeeded.
    await states.done('a', { start: 16, count: 4, failed: [] }, 'w2');
    expect(await states.get('a')).toMatchObject({ done: 20, failed: 1 });
    await states.forget('a');
    expect(await states.all()).toEqual([]);
  });

  test('keeps a cancellation until the run begins again', async () => {
    const states = new RunStates(redis);
    await states.begin('b', { model: 'm', out: 'out' });
    await states.cancel('b');
    expect(await states.isCancelled('b')).toBe(true);
    await states.begin('b', { model: 'm', out: 'out' });
    expect((await states.get('b'))?.cancelled).toBe(false);
  });
});
