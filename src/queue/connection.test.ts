import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort } from '../../bench/free-port.ts';
import { TestFolder } from '../../test/support/folder.ts';
import { hasRedis, RedisServer } from '../../test/support/redis-server.ts';
import { parseQueueAddress } from './address.ts';
import { connect, disconnect } from './connection.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const silent = { onNote: () => {} };

test('a server that cannot be reached is named, and a patient wait can be ended', async () => {
  const address = parseQueueAddress(`redis://127.0.0.1:${await freePort()}`, {});
  await expect(connect(address, silent)).rejects.toThrow(
    `${address.shown}: cannot be used as a queue (connect ECONNREFUSED`,
  );
  const stop = new AbortController();
  const notes: string[] = [];
  const onNote = (line: string) => {
    notes.push(line);
    stop.abort(new Error('enough'));
  };
  await expect(connect(address, { patient: true, onNote, signal: stop.signal })).rejects.toThrow('enough');
  expect(notes).toEqual([
    expect.stringContaining(`${address.shown}: cannot be reached (connect ECONNREFUSED`),
  ]);
});

describe.skipIf(!hasRedis('connections'))('a connection', () => {
  test('waits for the server, and through its restart', async () => {
    mkdirSync(folder.at('redis'));
    const server = await RedisServer.start({ folder: folder.at('redis') });
    const address = parseQueueAddress(server.address, {});
    await server.stop();
    const notes: string[] = [];
    const connecting = connect(address, { patient: true, onNote: (line) => notes.push(line) });
    await server.restart(500);
    const redis = await connecting;
    expect(await redis.set('key', 'value')).toBe('OK');
    await server.restart(500);
    expect(await redis.get('key')).toBe(null);
    expect(notes.map((note) => note.slice(address.shown.length))).toEqual([
      expect.stringMatching(/^: cannot be reached \(.*\); waiting for it$/),
      ': connection lost; waiting for the server',
      ': connected again',
    ]);
    await disconnect(redis);
    await server.stop();
  });

  test('needs a database that the server has', async () => {
    mkdirSync(folder.at('numbered'));
    const server = await RedisServer.start({ folder: folder.at('numbered') });
    const database = (number: string) => parseQueueAddress(`${server.address}/${number}`, {});
    for (const number of ['99', '99999999999999999999']) {
      const missing = connect(database(number), { ...silent, patient: true });
      await expect(missing).rejects.toThrow(`${server.address}/${number}: cannot be used as a queue (ERR `);
      await expect(missing).rejects.toThrow(
        '; the number of a database that the server has ends the address',
      );
    }
    const redis = await connect(database('3'), silent);
    expect(await redis.client('INFO')).toContain('db=3');
    await disconnect(redis);
    await server.stop();
  });

  test('needs the password, which no message repeats', async () => {
    mkdirSync(folder.at('secured'));
    const server = await RedisServer.start({ folder: folder.at('secured'), password: 'right' });
    const withPassword = (MASK_RCNN_QUEUE_PASSWORD: string) =>
      parseQueueAddress(server.address, { MASK_RCNN_QUEUE_PASSWORD });
    // Waiting would not help.
    const wrong = connect(withPassword('wrong one'), { ...silent, patient: true });
    await expect(wrong).rejects.toThrow(/\(WRONGPASS .*\); MASK_RCNN_QUEUE_PASSWORD holds the password$/);
    await expect(wrong).rejects.not.toThrow('wrong one');
    await expect(connect(withPassword(''), silent)).rejects.toThrow('NOAUTH');
    await disconnect(await connect(withPassword('right'), silent));
    await server.stop();
  });
});
