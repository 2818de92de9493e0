import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ProblemDocument, problemKinds } from '../../src/server/api/problem.ts';
import { problemSchema } from '../../src/server/api/schemas.ts';
import { crc32 } from '../../src/weights/zip/crc32.ts';
import { TestFolder } from '../support/folder.ts';
import { healthOf, sendPicture, startTestServer, type TestServer } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
let server: TestServer;
let jpeg: Buffer;
let png: Buffer;
let pids: number[];

beforeAll(async () => {
  server = await startTestServer(await importTiny('mask-v1', folder.path), { receiveMs: 1500 });
  pids = server.workerPids();
  const data = Uint8Array.from({ length: 80 * 60 * 3 }, (_, i) => (i * i) % 251);
  const picture = sharp(data, { raw: { width: 80, height: 60, channels: 3 } });
  [jpeg, png] = await Promise.all([picture.clone().jpeg().toBuffer(), picture.clone().png().toBuffer()]);
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

/** Whatever was sent, the same workers are there and answer. */
afterEach(async () => {
  expect((await healthOf(server.url)).status).toBe('ok');
  expect(server.workerPids()).toEqual(pids);
  expect((await sendPicture(server.url, png)).status).toBe(200);
});

async function problemOf(response: Response): Promise<ProblemDocument> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const document = problemSchema.parse(await response.json());
  expect(document.status).toBe(response.status);
  expect(document.requestId).toBe(response.headers.get('x-request-id'));
  return document as ProblemDocument;
}

const kindOf = ({ type }: ProblemDocument) => type.replace('urn:mask-rcnn:problem:', '');

/** A PNG file of 100 kB whose header announces 30,000 × 30,000 pixels: 2.7 GB for a server that believes it. */
async function bomb(): Promise<Buffer> {
  const small = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  const file = Buffer.concat([small, Buffer.alloc(100_000)]);
  file.writeUInt32BE(30_000, 16);
  file.writeUInt32BE(30_000, 20);
  file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
  return file;
}

function form(fields: Record<string, string | Blob>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

describe('pictures that cannot be used', () => {
  const post = (init: RequestInit, query = '') =>
    fetch(`${server.url}/v1/predict${query}`, { method: 'POST', ...init });
  const raw = (bytes: Uint8Array, type = 'image/png') =>
    post({ body: new Uint8Array(bytes), headers: { 'content-type': type } });
  const blob = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);

  const cases: [string, keyof typeof problemKinds, RegExp, () => Promise<Response>][] = [
    ['no body', 'no-picture', /the body is empty/, () => post({})],
    ['an empty body of a picture type', 'no-picture', /empty/, () => raw(Buffer.alloc(0))],
    ['a form without a file', 'no-picture', /no file/, () => post({ body: form({ score: '0.5' }) })],
    ['an empty file in a form', 'no-picture', /empty/, () => post({ body: form({ file: new Blob([]) }) })],
    [
      'a form cut off',
      'bad-request',
      /multipart/,
      () => raw(Buffer.from('--x\r\nContent-Dis'), 'multipart/form-data; boundary=x'),
    ],
    [
      'a form without a boundary',
      'bad-request',
      /multipart/,
      () => raw(Buffer.from('--x--'), 'multipart/form-data'),
    ],
    ['50 MB declared', 'body-too-large', /2000000 bytes/, () => raw(Buffer.alloc(50e6))],
    [
      '50 MB undeclared',
      'body-too-large',
      /2000000 bytes/,
      () =>
        post({
          body: new Blob([Buffer.alloc(50e6)]).stream(),
          duplex: 'half',
          headers: { 'content-type': 'image/png' },
        } as RequestInit),
    ],
    [
      'a decompression bomb',
      'picture-too-large',
      /30000×30000 pixels, more than the limit of 1000000/,
      async () => raw(await bomb()),
    ],
    [
      'a bomb in a form',
      'picture-too-large',
      /30000×30000/,
      async () => post({ body: form({ file: blob(await bomb()) }) }),
    ],
    [
      'a JPEG cut off',
      'damaged-picture',
      /picture: is damaged/,
      () => raw(jpeg.subarray(0, jpeg.length >> 1), 'image/jpeg'),
    ],
    [
      'a stack without a page',
      'damaged-picture',
      /picture: has 2 pages; choose one/,
      async () =>
        raw(
          await sharp([png, png], { join: { animated: true } })
            .tiff()
            .toBuffer(),
          'image/tiff',
        ),
    ],
    ['a PNG cut off in its header', 'damaged-picture', /picture: is damaged/, () => raw(png.subarray(0, 20))],
    ['text', 'unsupported-type', /text\/plain/, () => raw(Buffer.from('hello'), 'text/plain')],
    ['JSON', 'unsupported-type', /application\/json/, () => raw(Buffer.from('{}'), 'application/json')],
    ['text that is called a PNG', 'unsupported-type', /none of these/, () => raw(Buffer.from('hello'))],
    [
      'an SVG in a form',
      'unsupported-type',
      /expected a picture/,
      () => post({ body: form({ file: new Blob(['<svg/>']) }) }),
    ],
    [
      'a compressed body',
      'unsupported-type',
      /content-encoding gzip/,
      () =>
        post({
          body: new Uint8Array(png),
          headers: { 'content-type': 'image/png', 'content-encoding': 'gzip' },
        }),
    ],
  ];
  test.each(cases)('%s: %s', async (_name, kind, detail, send) => {
    const response = await send();
    const document = await problemOf(response);
    expect([kindOf(document), response.status]).toEqual([kind, problemKinds[kind].status]);
    expect(document.detail).toMatch(detail);
  });
});

describe('wrong requests', () => {
  test.each([
    ['score=2', /score/],
    ['score=-0.1', /score/],
    ['score=', /score/],
    ['score=high', /score/],
    ['score=NaN', /score/],
    ['page=0', /page/],
    ['page=all', /page/],
    ['channel=', /channel: Expected a number or a name/],
    ['score=0.5&score=0.6', /score is given more than once/],
    ['scores=0.5', /unknown key scores \(did you mean score/],
  ])('?%s is a bad parameter', async (query, detail) => {
    const document = await problemOf(await sendPicture(server.url, png, { query: `?${query}` }));
    expect([kindOf(document), document.status]).toEqual(['bad-parameter', 400]);
    expect(document.detail).toMatch(detail);
  });

  test('an unknown model is refused, with a suggestion', async () => {
    const document = await problemOf(await sendPicture(server.url, png, { query: '?model=tini' }));
    expect([kindOf(document), document.status]).toEqual(['unknown-model', 404]);
    expect(document.detail).toMatch(/tini \(did you mean tiny\?\)/);
  });

  test('an answer that nobody offers is not acceptable', async () => {
    const refused = await sendPicture(server.url, png, { headers: { accept: 'text/html' } });
    expect(kindOf(await problemOf(refused))).toBe('not-acceptable');
  });
});

/** Sends bytes on a connection of its own. @returns All that comes back until it is closed. */
function sendRaw(start: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(start));
    socket.setTimeout(30_000, () => socket.destroy(new Error('no answer within 30 s')));
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

describe('clients that do not finish', () => {
  const head = 'POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n';
  const split = (answer: string) => {
    const [header, body] = answer.split('\r\n\r\n');
    return { header, document: problemSchema.parse(JSON.parse(body)) };
  };

  test.each([
    ['the body', `${head}Content-Length: 1000\r\n\r\n\x89PNG`],
    ['a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n10\r\n\x89PNG`],
    ['the header', head],
  ])('get a problem when %s is late', async (_what, start) => {
    const { header, document } = split(await sendRaw(start));
    expect(header).toMatch(/^HTTP\/1\.1 408 /);
    expect(header).toMatch(/^connection: close$/im);
    expect(document.type).toBe('urn:mask-rcnn:problem:slow-client');
  });

  test('do not keep a place in the queue', async () => {
    const slow = Array.from({ length: 20 }, () => sendRaw(`${head}Content-Length: 1000\r\n\r\n\x89PNG`));
    expect((await sendPicture(server.url, png)).status).toBe(200);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('or go away, are logged as gone at once, long before the deadline', async () => {
    const { hostname, port } = new URL(server.url);
    const start = `${head}X-Request-Id: gone-1\r\nContent-Length: 1000\r\n\r\n\x89PNG`;
    const socket = connect(Number(port), hostname, () => socket.write(start));
    const lines = () => server.log.filter(({ requestId }) => requestId === 'gone-1');
    // Time for the server to start on the body; it is far from its deadline of 1500 ms.
    await sleep(200);
    expect(lines()).toEqual([]);
    socket.destroy();
    await expect.poll(lines).toMatchObject([{ path: '/v1/predict', status: 499 }]);
    expect(lines()[0].ms).toBeLessThan(1500);
  });

  test('malformed HTTP is a bad request', async () => {
    const { header, document } = split(await sendRaw('GARBAGE\r\n\r\n'));
    expect(header).toMatch(/^HTTP\/1\.1 400 /);
    expect(document.type).toBe('urn:mask-rcnn:problem:bad-request');
  });

  test('a header without end is too large', async () => {
    const answer = await sendRaw(
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`,
    );
    const { header, document } = split(answer);
    expect(header).toMatch(/^HTTP\/1\.1 431 /);
    expect(document.type).toBe('urn:mask-rcnn:problem:header-too-large');
  });
});
