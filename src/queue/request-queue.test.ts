import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { hasRedis, RedisServer } from '../../test/support/redis-server.ts';
import { parseQueueAddress } from './address.ts';
import { connect, disconnect, type QueueConnection } from './connection.ts';
import { answerRequests, openRequestQueue, type RequestQueue } from './request-queue.ts';

const folder = new TestFolder();
let server: RedisServer;
let redis: QueueConnection;
let queue: RequestQueue;
let end: () => Promise<void>;

describe.skipIf(!hasRedis('requests'))('a request', () => {
  beforeAll(async () => {
    server = await RedisServer.start({ folder: folder.path });
    redis = await connect(parseQueueAddress(server.address, {}), { onNote: () => {} });
    queue = await openRequestQueue(redis, 'm');
    const answer = async (data: unknown) => {
      if (data === null || typeof data !== 'object' || !('number' in data)) throw new Error('no number');
      return data.number;
    };
    end = await answerRequests(redis, { model: 'm', name: 'w', lostMs: 5000, answer });
  });
  afterAll(async () => {
    await end();
    await queue.close();
    await disconnect(redis);
    await server.stop();
    folder.remove();
  });

  test('is answered, however many wait with the same signal', async () => {
    const { signal } = new AbortController();
    const numbers = Array.from({ length: 12 }, (_, number) => number);
    const replies = numbers.map((number) => queue.ask({ number }, { timeoutMs: 20_000, signal }));
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
    expect((await Promise.all(replies)).map(({ value }) => value)).toEqual(numbers);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('fails with what the worker threw', async () => {
    await expect(queue.ask({}, { timeoutMs: 20_000 })).rejects.toThrow('no number');
  });

  test('ends at its deadline or with its signal, and is removed', async () => {
    const others = await openRequestQueue(redis, 'without workers');
    await expect(others.ask({}, { timeoutMs: 200 })).rejects.toMatchObject({
      kind: 'late',
      message: 'no answer within 0.2 s',
    });
    const controller = new AbortController();
    const asked = expect(others.ask({}, { timeoutMs: 20_000, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    await expect.poll(async () => (await others.state()).waiting).toBe(1);
    controller.abort(new Error('enough'));
    await asked;
    await expect.poll(async () => (await others.state()).waiting).toBe(0);
    await expect(others.ask({}, { timeoutMs: 20_000, signal: controller.signal })).rejects.toThrow('enough');
    expect((await others.state()).waiting).toBe(0);
    await others.close();
  });
});
