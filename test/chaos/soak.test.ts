import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLong, record } from '../support/chaos.ts';
import { TestFolder } from '../support/folder.ts';
import { type ServeCommand, startServeCommand, workersOf } from '../support/serve-command.ts';
import { sendPicture } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

/** Until then, heaps and allocators grow to the size that they keep. */
const warmUp = 3000;
const requests = 5000;
const compared = 1000;
const runs = isLong && process.platform === 'linux';
const reason = isLong ? 'memory is read from /proc' : 'npm run chaos';

describe.skipIf(!runs)(`the memory of the server${runs ? '' : ` (skipped: ${reason})`}`, () => {
  const folder = new TestFolder();
  let server: ServeCommand;
  let png: Buffer;
  let jpeg: Buffer;

  beforeAll(async () => {
    server = await startServeCommand(await importTiny('mask-v1', folder.path), ['--workers', '2']);
    const data = Uint8Array.from({ length: 90 * 64 * 3 }, (_, i) => (i * i * 31 + i * 7) % 251);
    const picture = sharp(data, { raw: { width: 90, height: 64, channels: 3 } });
    [png, jpeg] = await Promise.all([picture.clone().png().toBuffer(), picture.clone().jpeg().toBuffer()]);
  });
  afterAll(async () => {
    server?.child.kill('SIGTERM');
    await server?.ended;
    folder.remove();
  });

  /** Requests as a server gets them, and the statuses that they deserve. */
  const kinds: [status: number, send: () => Promise<Response>][] = [
    [200, () => sendPicture(server.url, png, { query: '?score=0.05' })],
    [200, () => sendPicture(server.url, jpeg, { headers: { 'content-type': 'image/jpeg' } })],
    [200, () => sendPicture(server.url, png, { headers: { accept: 'image/png' } })],
    [200, () => sendPicture(server.url, png, { path: '/v1/explain', query: '?part=focus' })],
    [422, () => sendPicture(server.url, png.subarray(0, 200))],
    [415, () => sendPicture(server.url, Buffer.from('no picture'))],
    [403, () => sendPicture(server.url, png, { headers: { origin: 'http://evil.example' } })],
    [200, () => fetch(`${server.url}/v1/models/mask-v1/file`)],
    [200, () => fetch(`${server.url}/metrics`)],
  ];

  /** Resident memory of the server and of its workers, in MB. */
  function memory(pid: number): number {
    const pages = [pid, ...workersOf(pid)].map((each) =>
      Number(readFileSync(`/proc/${each}/statm`, 'utf8').split(' ')[1]),
    );
    return (pages.reduce((sum, value) => sum + value, 0) * 4096) / 1e6;
  }

  test(`is flat over ${requests} requests`, { timeout: 3_600_000 }, async () => {
    const samples: number[] = [];
    let next = 0;
    const client = async () => {
      while (next < warmUp + requests) {
        const [status, send] = kinds[next++ % kinds.length];
        const response = await send();
        expect(response.status).toBe(status);
        await response.arrayBuffer();
        samples.push(memory(server.child.pid!));
      }
    };
    await Promise.all(Array.from({ length: 4 }, client));
    const first = median(samples.slice(warmUp, warmUp + compared));
    const last = median(samples.slice(-compared));
    record({ requests, coldMB: median(samples.slice(0, compared)), firstMB: first, lastMB: last });
    expect(last).toBeLessThan(1.05 * first);
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
