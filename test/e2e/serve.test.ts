import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PictureSource } from '../../src/image/picture-source.ts';
import { load } from '../../src/predict/load/node.ts';
import type { Model } from '../../src/predict/model.ts';
import { toCocoResults } from '../../src/predict/result-entry.ts';
import {
  healthSchema,
  modelsSchema,
  type PredictionBody,
  predictionSchema,
  problemSchema,
} from '../../src/server/api/schemas.ts';
import { openApiDocument } from '../../src/server/http/openapi.ts';
import { TestFolder } from '../support/folder.ts';
import { isAlive } from '../support/serve-command.ts';
import { sendPicture, startTestServer, type TestServer } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
let server: TestServer;
let guarded: TestServer;
let model: Model<PictureSource>;
let picture: Buffer;

/** A picture with enough in it that the tiny model finds something at a low score. */
async function noise(width: number, height: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + i * 7) % 251);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

beforeAll(async () => {
  const mask = await importTiny('mask-v1', folder.path);
  const faster = await importTiny('faster-bottleneck', folder.path);
  const models = [
    { name: 'masks', file: mask },
    { name: 'boxes', file: faster },
  ];
  [server, guarded, model, picture] = await Promise.all([
    startTestServer(mask, { models, workers: 1 }),
    startTestServer(mask, { token: 's3cret', cors: 'https://example.org', workers: 1 }),
    load(mask),
    noise(90, 64),
  ]);
});
afterAll(async () => {
  await Promise.all([server?.stop(), guarded?.stop(), model?.dispose()]);
  folder.remove();
});

const expected = async (score: number) => toCocoResults([[0, await model.predict(picture, { score })]]);

describe('POST /v1/predict', () => {
  test('returns the result of model.predict', async () => {
    const response = await sendPicture(server.url, picture, { query: '?score=0.05' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    const body = predictionSchema.parse(await response.json());
    expect(body).toMatchObject({ model: 'masks', fileName: null, width: 90, height: 64 });
    expect(body.requestId).toBe(response.headers.get('x-request-id'));
    const wanted = await expected(0.05);
    expect(wanted.length).toBeGreaterThan(1);
    // Workers divide the cores, and sums in another order differ in the last bits.
    expect(body.results).toHaveLength(wanted.length);
    body.results.forEach((result, i) => {
      expect(result.score).toBeCloseTo(wanted[i].score, 4);
      expect(result).toMatchObject({ category_id: wanted[i].category_id, image_id: 0 });
      result.bbox.forEach((side, j) => {
        expect(side).toBeCloseTo(wanted[i].bbox[j], 2);
      });
      expect(result.segmentation?.size).toEqual([64, 90]);
    });
  });

  test('accepts a file in a form, with its name, and a score', async () => {
    const form = new FormData();
    form.append('note', 'not the picture');
    form.append('file', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'cells.png');
    const all = await expected(0.05);
    const score = (all[0].score + all.at(-1)!.score) / 2;
    const response = await fetch(`${server.url}/v1/predict?score=${score}`, { method: 'POST', body: form });
    expect(response.status).toBe(200);
    const { results, fileName } = (await response.json()) as PredictionBody;
    expect(results.length).toBe(all.filter((entry) => entry.score >= score).length);
    expect(results.length).toBeLessThan(all.length);
    expect(fileName).toBe('cells.png');
  });

  test('draws an overlay if only PNG is accepted', async () => {
    const response = await sendPicture(server.url, picture, {
      query: '?score=0.05',
      headers: { accept: 'image/png' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const overlay = sharp(Buffer.from(await response.arrayBuffer()));
    const { width, height, format } = await overlay.metadata();
    expect(format).toBe('png');
    expect(width / height).toBeCloseTo(90 / 64);
  });

  test.each<[type: string, query: string, check: (body: Buffer, instances: number) => Promise<void> | void]>([
    [
      'text/csv',
      '&pixelSize=0.5um',
      (body, instances) => {
        const [header, ...rows] = body.toString().trimEnd().split('\r\n');
        expect(header).toMatch(/^picture,label,class,score,unit,area,/);
        expect(rows).toHaveLength(instances);
        for (const row of rows) expect(row).toMatch(/^picture,\d+,\w+,[\d.]+,um,/);
      },
    ],
    [
      'image/tiff',
      '',
      async (body) => {
        const { width, height, depth } = await sharp(body).metadata();
        expect([width, height, depth]).toEqual([90, 64, 'ushort']);
      },
    ],
    ['application/zip', '&tolerance=1', (body) => expect(body.toString('latin1', 0, 2)).toBe('PK')],
    [
      'application/geo+json',
      '&tolerance=1',
      (body, instances) => expect(JSON.parse(body.toString()).features).toHaveLength(instances),
    ],
    [
      'application/vnd.mask-rcnn.coco+json',
      '',
      (body, instances) => expect(JSON.parse(body.toString()).annotations).toHaveLength(instances),
    ],
  ])('answers %s', async (type, query, check) => {
    const response = await sendPicture(server.url, picture, {
      query: `?score=0.05${query}`,
      headers: { accept: type },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    await check(Buffer.from(await response.arrayBuffer()), (await expected(0.05)).length);
  });

  test('refuses a pixel size without a unit', async () => {
    const response = await sendPicture(server.url, picture, { query: '?pixelSize=0.5' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: 'urn:mask-rcnn:problem:bad-parameter',
      detail: 'query: pixelSize: expected a length and its unit, such as 0.32um, got "0.5"',
    });
  });

  test('uses the requested model', async () => {
    const response = await sendPicture(server.url, picture, { query: '?model=boxes&score=0.05' });
    const body = predictionSchema.parse(await response.json());
    expect(body.model).toBe('boxes');
    expect(body.results.length).toBeGreaterThan(0);
    for (const result of body.results) expect(result.segmentation).toBeUndefined();
  });

  test('answers many at once, each with its own picture', async () => {
    const sizes = Array.from({ length: 5 }, (_, i) => [60 + 10 * i, 90 - 10 * i]);
    const pictures = await Promise.all(sizes.map(([width, height]) => noise(width, height)));
    const bodies = await Promise.all(
      pictures.map(async (each) => (await sendPicture(server.url, each)).json() as Promise<PredictionBody>),
    );
    expect(bodies.map(({ width, height }) => [width, height])).toEqual(sizes);
  });
});

describe('the other addresses', () => {
  test('/v1/models lists the models, the default first', async () => {
    const { models } = modelsSchema.parse(await (await fetch(`${server.url}/v1/models`)).json());
    expect(models.map(({ name, task }) => [name, task])).toEqual([
      ['masks', 'instance segmentation'],
      ['boxes', 'object detection'],
    ]);
    expect(models[0].categories).toEqual(model.config.categories);
  });

  test('/healthz reports the workers', async () => {
    const response = await fetch(`${server.url}/healthz`);
    expect(response.status).toBe(200);
    const worker = { workers: 1, ready: 1, queued: 0 };
    expect(healthSchema.parse(await response.json())).toEqual({
      status: 'ok',
      models: [
        { name: 'masks', ...worker },
        { name: 'boxes', ...worker },
      ],
    });
  });

  test('/metrics counts events', async () => {
    await sendPicture(server.url, picture);
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(
      /^mask_rcnn_http_requests_total\{route="\/v1\/predict",method="POST",status="200"\} [1-9]/m,
    );
    expect(text).toMatch(
      /^mask_rcnn_prediction_stage_duration_seconds_count\{model="masks",stage="predict"\} [1-9]/m,
    );
    expect(text).toMatch(/^mask_rcnn_workers_ready\{model="masks"\} 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    for (const line of text.split('\n').filter((each) => each !== ''))
      expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-z0-9_:]+(\{.*\})? \S+)$/i);
  });

  test('/openapi.json names addresses that answer, and no other', async () => {
    const response = await fetch(`${server.url}/openapi.json`);
    const document = (await response.json()) as ReturnType<typeof openApiDocument>;
    expect(document).toEqual(
      JSON.parse(JSON.stringify(openApiDocument({ version: '0.0.0', secured: false }))),
    );
    for (const [path, methods] of Object.entries(document.paths)) {
      const method = Object.keys(methods)[0].toUpperCase();
      const address = server.url + path.replace('{name}', 'masks');
      const answer = await fetch(address, { method });
      // A run of that name is not there; its address is.
      const problem = answer.status === 404 ? problemSchema.parse(await answer.json()).type : null;
      expect(problem, path).not.toBe('urn:mask-rcnn:problem:not-found');
      const other = method === 'GET' ? 'POST' : 'GET';
      const refused = await fetch(address, { method: other });
      expect([refused.status, refused.headers.get('allow')]).toEqual([
        405,
        method === 'GET' ? 'GET, HEAD' : 'POST',
      ]);
    }
    const missing = await fetch(`${server.url}/v2/predict`);
    expect(missing.status).toBe(404);
    expect(problemSchema.parse(await missing.json()).type).toBe('urn:mask-rcnn:problem:not-found');
  });
});

describe('request ids', () => {
  test('are taken over, into the answer and the log', async () => {
    const headers = { 'x-request-id': 'order-66' };
    const good = await sendPicture(server.url, picture, { headers });
    const bad = await sendPicture(server.url, new Uint8Array(), { headers });
    expect([good, bad].map((response) => response.headers.get('x-request-id'))).toEqual([
      'order-66',
      'order-66',
    ]);
    expect(problemSchema.parse(await bad.json()).requestId).toBe('order-66');
    const lines = server.log.filter(({ requestId }) => requestId === 'order-66');
    expect(lines).toMatchObject([
      { event: 'request', path: '/v1/predict', status: 200, model: 'masks', ms: expect.any(Number) },
      { event: 'request', path: '/v1/predict', status: 400, problem: 'no-picture' },
    ]);
  });

  test('are generated if missing or unsuitable for a log', async () => {
    const ids = await Promise.all(
      [{}, {}, { 'x-request-id': 'a b{c}' }].map(async (headers: Record<string, string>) =>
        (await fetch(`${server.url}/healthz`, { headers })).headers.get('x-request-id'),
      ),
    );
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a token', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  test('is required for every path except two', async () => {
    const statuses = async (init: RequestInit) =>
      Promise.all(
        ['/v1/models', '/metrics', '/v1/nothing', '/healthz', '/openapi.json'].map(
          async (path) => (await fetch(guarded.url + path, init)).status,
        ),
      );
    expect(await statuses({})).toEqual([401, 401, 401, 200, 200]);
    expect(await statuses(bearer('wrong'))).toEqual([401, 401, 401, 200, 200]);
    expect(await statuses(bearer('s3cret'))).toEqual([200, 200, 404, 200, 200]);
  });

  test('that is wrong is a problem, before the body is read', async () => {
    const refused = await sendPicture(guarded.url, new Uint8Array(3e6), bearer('wrong'));
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(problemSchema.parse(await refused.json()).detail).toBe('wrong token');
    expect((await sendPicture(guarded.url, picture, bearer('s3cret'))).status).toBe(200);
    expect(JSON.stringify(guarded.log)).not.toContain('s3cret');
  });
});

describe('pages of other origins', () => {
  const ask = (url: string, origin: string) =>
    fetch(`${url}/v1/predict`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

  test('are refused unless allowed', async () => {
    expect(allowed(await ask(server.url, 'https://example.org'))).toBeNull();
    const got = await fetch(`${server.url}/healthz`, { headers: { origin: 'https://example.org' } });
    expect(allowed(got)).toBeNull();
  });

  test('are allowed by --cors, and may read error responses', async () => {
    const preflight = await ask(guarded.url, 'https://example.org');
    expect([preflight.status, allowed(preflight)]).toEqual([204, 'https://example.org']);
    const refused = await sendPicture(guarded.url, picture, { headers: { origin: 'https://example.org' } });
    expect([refused.status, allowed(refused)]).toEqual([401, 'https://example.org']);
    expect(allowed(await ask(guarded.url, 'https://example.com'))).not.toBe('https://example.com');
  });
});

test.skipIf(process.platform !== 'linux')('listens only on loopback', () => {
  const port = Number(new URL(server.url).port).toString(16).toUpperCase().padStart(4, '0');
  const listening = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local.endsWith(`:${port}`));
  expect(listening.map(([, local]) => local.split(':')[0])).toEqual(['0100007F']);
});

test('its workers end when it is killed', async () => {
  const script = `
    import { startTestServer } from ${JSON.stringify(new URL('../support/serve-server.ts', import.meta.url).href)};
    const { workerPids } = await startTestServer(${JSON.stringify(folder.at('mask-v1.safetensors'))});
    console.log(JSON.stringify(workerPids()));
    process.kill(process.pid, 'SIGKILL');`;
  const tsx = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  const pids = JSON.parse(stdout) as number[];
  expect(pids).toHaveLength(2);
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});
