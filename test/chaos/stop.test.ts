import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '../../src/server/api/schemas.ts';
import { cliPath } from '../support/built-package.ts';
import { random, record, times } from '../support/chaos.ts';
import { TestFolder } from '../support/folder.ts';
import { isAlive, startServeCommand, workersOf } from '../support/serve-command.ts';
import { sendPicture } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
let model: string;
let png: Buffer;

beforeAll(async () => {
  model = await importTiny('mask-v1', folder.path);
  png = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
});
afterAll(() => folder.remove());

/** Sends a picture on a connection of its own. @returns The status, or `refused` if there was no response. */
function send(url: string, id: string): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'image/png', 'x-request-id': id };
    const sent = request(`${url}/v1/predict`, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode !== 200)
          expect(problemSchema.parse(JSON.parse(text)).type).toMatch(/:stopping$/);
        resolve(response.statusCode!);
      });
    });
    sent.on('error', () => resolve('refused'));
    sent.end(png);
  });
}

const linux = process.platform === 'linux';
const note = linux ? '' : ' (skipped: processes are followed through /proc)';

describe.skipIf(!linux)(`mask-rcnn serve${note}`, { timeout: 1_200_000 }, () => {
  test('ended by SIGTERM under load answers whatever it has accepted', async () => {
    const figures = { stops: 0, answered: 0, stopping: 0, refused: 0 };
    for (let round = 0; round < times(1, 12); round++) {
      const server = await startServeCommand(model, ['--workers', '1']);
      const workers = workersOf(server.child.pid!);
      const sent = Array.from({ length: 16 }, async (_, i) => {
        await sleep(random.integer(600));
        const id = `${round}-${i}`;
        return { id, status: await send(server.url, id) };
      });
      await sleep(random.integer(600));
      server.child.kill('SIGTERM');
      const answers = await Promise.all(sent);
      expect(await server.ended).toEqual([0, null]);
      // A request that was refused never arrived: the log knows nothing of it.
      const logged = new Map(server.log().map(({ requestId, status }) => [requestId, status]));
      for (const { id, status } of answers) expect(logged.get(id) ?? 'refused', id).toBe(status);
      await expect.poll(() => workers.filter(isAlive), { timeout: 20_000 }).toEqual([]);
      figures.stops++;
      for (const { status } of answers)
        figures[status === 200 ? 'answered' : status === 503 ? 'stopping' : 'refused']++;
    }
    record(figures);
  });

  test('ended at any moment of its start leaves no worker', async () => {
    for (let round = 0; round < times(2, 20); round++) {
      const child = spawn(process.execPath, [cliPath, 'serve', '--model', model, '--port', '0'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const ended = once(child, 'close') as Promise<[number | null]>;
      await sleep(200 + random.integer(2500));
      const workers = child.exitCode === null ? workersOf(child.pid!) : [];
      child.kill('SIGTERM');
      const [status, signal] = (await ended) as [number | null, string?];
      // Before Node has started the program, the signal itself ends the process.
      expect([0, 143, null], stderr).toContain(status);
      if (status === null) expect(signal).toBe('SIGTERM');
      for (const line of stderr.trim().split('\n').filter(Boolean))
        expect(line).toMatch(/^\{"time":|^mask-rcnn: terminated by SIGTERM$/);
      await expect.poll(() => workers.filter(isAlive), { timeout: 20_000 }).toEqual([]);
    }
  });

  test('with its log on a full disk goes on answering', async () => {
    const server = await startServeCommand(model, ['--workers', '1'], { stderr: openSync('/dev/full', 'w') });
    for (let i = 0; i < times(10, 300); i++) expect((await sendPicture(server.url, png)).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.ended).toEqual([0, null]);
  });
});
