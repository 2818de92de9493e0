import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseQueueAddress } from '../../src/queue/address.ts';
import type { PredictionBody } from '../../src/server/api/schemas.ts';
import { random, record, times } from '../support/chaos.ts';
import { TestFolder } from '../support/folder.ts';
import { QueueWorkers } from '../support/queue-workers.ts';
import { hasRedis, RedisServer } from '../support/redis-server.ts';
import {
  healthOf,
  sendPicture,
  startTestServer,
  type TestServer,
  untilHealth,
} from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const requests = times(80, 500);
const inFlight = times(8, 32);
const workers = 2;

const folder = new TestFolder();
let redis: RedisServer;
let fleet: QueueWorkers;
let server: TestServer;
let pictures: Buffer[];

describe.skipIf(!hasRedis('serve --queue under kills'))('a front end of a queue', () => {
  beforeAll(async () => {
    const model = await importTiny('mask-v1', folder.path);
    mkdirSync(folder.at('redis'));
    redis = await RedisServer.start({ folder: folder.at('redis') });
    const args = ['--serve', '--model', model, '--threads', '1', '--lost-after', '1', '--root', folder.path];
    fleet = new QueueWorkers(workers, [...args, '--queue', redis.address]);
    pictures = await Promise.all(Array.from({ length: 6 }, (_, i) => noise(40 + 8 * i, 48)));
    // The front end has the file, so that it may start before its workers.
    const options = { models: [{ name: 'mask-v1', file: model }], queue: 64, timeoutMs: 60_000 };
    server = await startTestServer(model, { ...options, remote: parseQueueAddress(redis.address) });
    await untilHealth(server.url, ({ ready }) => ready === workers);
  });
  afterAll(async () => {
    await server?.stop();
    await fleet?.stop();
    await redis?.stop();
    folder.remove();
  });

  test('answers as its workers do: results, forms, errors, the queue in its metrics', async () => {
    const csv = await sendPicture(server.url, pictures[0], { headers: { accept: 'text/csv' } });
    expect(await csv.text()).toContain('area');
    const overlay = await sendPicture(server.url, pictures[0], { headers: { accept: 'image/png' } });
    const { width, height } = await sharp(Buffer.from(await overlay.arrayBuffer())).metadata();
    expect([width, height]).toEqual([40, 48]);
    const explained = await sendPicture(server.url, pictures[0], {
      path: '/v1/explain',
      query: '?part=focus',
    });
    expect(await explained.json()).toMatchObject({
      model: 'mask-v1',
      stages: null,
      focus: expect.any(Object),
    });
    const broken = await sendPicture(server.url, pictures[0].subarray(0, 200));
    expect(await broken.json()).toMatchObject({ status: 422, type: 'urn:mask-rcnn:problem:damaged-picture' });
    const tiles = await sendPicture(server.url, pictures[0], { query: '?classes=unicorn' });
    expect(tiles.status).toBe(400);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/mask_rcnn_queue_oldest_seconds\{model="mask-v1"\} 0/);
    expect(metrics).toMatch(/mask_rcnn_queue_worker_pictures\{worker="\S+"\} \d+/);
    expect(await healthOf(server.url)).toMatchObject({ status: 'ok', models: [{ workers, ready: workers }] });
  });

  test('answers every request once while its workers are killed', async () => {
    const expected = await Promise.all(
      pictures.map(async (picture) => resultsOf(await sendPicture(server.url, picture))),
    );
    const outcomes: Record<string, number> = {};
    let left = requests;
    const client = async () => {
      // A fast machine answers the requests before the first kill.
      while (left-- > 0 || fleet.deaths === 0) {
        const which = random.integer(pictures.length);
        const response = await sendPicture(server.url, pictures[which]);
        const outcome = String(response.status);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        if (response.status === 200) expect(await resultsOf(response)).toEqual(expected[which]);
        else {
          expect([503, 504]).toContain(response.status);
          if (response.status === 503) await pause(1000);
        }
      }
    };
    let done = false;
    const killing = (async () => {
      while (!done) {
        await pause(times(1200, 2000));
        if (!done) fleet.kill(random.integer(workers));
      }
    })();
    await Promise.all(Array.from({ length: inFlight }, client));
    done = true;
    await killing;
    expect(fleet.deaths).toBeGreaterThan(0);
    expect(outcomes[200]).toBeGreaterThan(requests / 2);
    record({ ...outcomes, deaths: fleet.deaths });
  }, 900_000);

  test('answers 503 while its queue is away, and goes on afterwards', async () => {
    await redis.restart(1500);
    const away = await sendPicture(server.url, pictures[0]);
    expect([200, 503]).toContain(away.status);
    await untilHealth(server.url, ({ ready }) => ready === workers);
    expect((await sendPicture(server.url, pictures[0])).status).toBe(200);
  });
});

async function resultsOf(response: Response): Promise<PredictionBody['results']> {
  expect(response.status).toBe(200);
  return ((await response.json()) as PredictionBody).results;
}

async function noise(width: number, height: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
