import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '../../src/server/api/schemas.ts';
import { runCli } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';
import { startServeCommand } from '../support/serve-command.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
let model: string;
let png: Buffer;

beforeAll(async () => {
  model = await importTiny('mask-v1', folder.path);
  png = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
  folder.write('page/index.html', '<!doctype html><title>page</title>');
});
afterAll(() => folder.remove());

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  text: string;
}

/** Sends a request with exactly these headers; `fetch` would not let a caller choose `Host`. */
function send(
  url: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends bytes. @returns All that comes back until the connection is closed. */
async function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString();
  });
  socket.write(bytes);
  await once(socket, 'close');
  return received;
}

function kindOf({ status, headers, text }: Answer): string {
  expect(headers['content-type']).toBe('application/problem+json');
  expect(headers['x-content-type-options']).toBe('nosniff');
  const problem = problemSchema.parse(JSON.parse(text));
  expect(problem.status).toBe(status);
  return problem.type.replace('urn:mask-rcnn:problem:', '');
}

describe('a server on loopback without a token', () => {
  let server: TestServer;
  beforeAll(async () => {
    const page = folder.at('page');
    server = await startTestServer(model, { workers: 1, page, runsFolder: folder.path });
  });
  afterAll(() => server?.stop());

  const paths = [
    '/',
    '/v1/models',
    '/v1/models/tiny/file',
    '/v1/runs',
    '/healthz',
    '/metrics',
    '/openapi.json',
  ];

  test.each(paths)('%s cannot be read by a page that points its domain at it', async (path) => {
    const { port } = new URL(server.url);
    const rebound = { host: `evil.example:${port}`, 'sec-fetch-site': 'same-origin' };
    expect(kindOf(await send(server.url, path, { headers: rebound }))).toBe('unknown-host');
    for (const host of [`localhost:${port}`, '127.0.0.1', `[::1]:${port}`, 'LOCALHOST'])
      expect((await send(server.url, path, { headers: { host } })).status, host).toBe(200);
  });

  test.each(paths)('%s answers no page of another origin', async (path) => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', origin: 'http://localhost:3000' },
      { origin: 'http://evil.example' },
    ])
      expect(kindOf(await send(server.url, path, { headers: headers as Record<string, string> }))).toBe(
        'cross-site',
      );
  });

  test('a form of another site starts no prediction', async () => {
    const body = Buffer.concat([
      Buffer.from('--x\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'),
      png,
      Buffer.from('\r\n--x--\r\n'),
    ]);
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    const before = server.log.length;
    for (const headers of [
      { ...form, origin: 'http://evil.example' },
      { ...form, origin: 'null' },
      { ...form, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ] as Record<string, string>[]) {
      const refused = await send(server.url, '/v1/predict', { method: 'POST', headers, body });
      expect(kindOf(refused)).toBe('cross-site');
    }
    expect(server.log.slice(before).map(({ status, model: used }) => [status, used])).toEqual(
      Array(3).fill([403, undefined]),
    );
    const own = { ...form, origin: server.url, 'sec-fetch-site': 'same-origin' };
    expect((await send(server.url, '/v1/predict', { method: 'POST', headers: own, body })).status).toBe(200);
    expect((await send(server.url, '/v1/predict', { method: 'POST', headers: form, body })).status).toBe(200);
  });

  test('a preflight of another origin is refused', async () => {
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const refused = await send(server.url, '/v1/predict', { method: 'OPTIONS', headers });
    expect(kindOf(refused)).toBe('cross-site');
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('a link of another site leads to the page', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await send(server.url, '/', { headers })).status).toBe(200);
  });

  test.each([
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400, 'bad-request'],
    ['no Host in HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n', 400, 'bad-request'],
    ['an empty Host', 'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n', 400, 'bad-request'],
    ['a malformed Host', 'GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'bad-request'],
    ['a Host with a user', 'GET /healthz HTTP/1.1\r\nHost: evil@localhost\r\n\r\n', 400, 'bad-request'],
    ['a Host with a path', 'GET /healthz HTTP/1.1\r\nHost: localhost/a\r\n\r\n', 400, 'bad-request'],
    [
      'another absolute URL',
      'GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
      403,
      'unknown-host',
    ],
    [
      'an expectation',
      'POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nExpect: magic\r\n\r\n',
      417,
      'expectation-failed',
    ],
  ])('%s is answered by a problem document', async (_name, head, status, kind) => {
    // Asked to close, so that the end of the response shows.
    const answer = await sendRaw(server.url, head.replace('\r\n', '\r\nConnection: close\r\n'));
    const [header, body] = answer.split('\r\n\r\n');
    expect(header).toMatch(new RegExp(`^HTTP/1\\.[01] ${status} `));
    expect(header).toMatch(/^content-type: application\/problem\+json$/im);
    expect(problemSchema.parse(JSON.parse(body))).toMatchObject({
      status,
      type: `urn:mask-rcnn:problem:${kind}`,
    });
  });

  test('Expect: 100-continue works', async () => {
    const headers = {
      expect: '100-continue',
      'content-type': 'image/png',
      'content-length': String(png.length),
    };
    expect((await send(server.url, '/v1/predict', { method: 'POST', headers, body: png })).status).toBe(200);
  });
});

describe('a server that other machines can reach', () => {
  test('without a token makes one, which the printed URL carries and the log does not', async () => {
    const args = ['--host', '0.0.0.0', '--workers', '1'];
    const server = await startServeCommand(model, args, { env: { MASK_RCNN_TOKEN: '' } });
    try {
      const printed = /^http:\/\/0\.0\.0\.0:(\d+)\/#token=([\w-]{32})$/.exec(server.url);
      expect(printed).not.toBeNull();
      const [, port, token] = printed!;
      const url = `http://127.0.0.1:${port}`;
      expect(kindOf(await send(url, '/v1/models'))).toBe('unauthorized');
      // With a token, any name will do: service names and proxies stay usable.
      const headers = { authorization: `Bearer ${token}`, host: 'mask-rcnn.internal' };
      expect((await send(url, '/v1/models', { headers })).status).toBe(200);
      expect((await send(url, '/healthz', { headers: { host: 'mask-rcnn.internal' } })).status).toBe(200);
      expect(server.log()).toContainEqual(expect.objectContaining({ event: 'token-generated' }));
      expect(JSON.stringify(server.log())).not.toContain(token);
    } finally {
      server.child.kill('SIGTERM');
      await server.ended;
    }
  });

  test('with --no-token is open to its addresses and to --allow-host, and says so', async () => {
    const server = await startTestServer(model, {
      host: '0.0.0.0',
      token: null,
      allowHosts: ['gpu-box'],
      workers: 1,
    });
    try {
      expect(server.log.map(({ event }) => event)).toEqual(['unprotected', 'listening']);
      const url = server.url.replace('0.0.0.0', '127.0.0.1');
      for (const host of ['192.0.2.1:8080', '[2001:db8::1]', 'gpu-box:8080', 'GPU-BOX.', 'localhost'])
        expect((await send(url, '/v1/models', { headers: { host } })).status, host).toBe(200);
      expect(kindOf(await send(url, '/v1/models', { headers: { host: 'evil.example' } }))).toBe(
        'unknown-host',
      );
    } finally {
      await server.stop();
    }
  });

  test('with a token and --allow-host checks both', async () => {
    const server = await startTestServer(model, { token: 's3cret', allowHosts: ['gpu-box'], workers: 1 });
    try {
      const authorization = 'Bearer s3cret';
      const ask = (host: string, headers: Record<string, string> = {}) =>
        send(server.url, '/v1/models', { headers: { host, ...headers } });
      expect((await ask('gpu-box', { authorization })).status).toBe(200);
      expect(kindOf(await ask('gpu-box'))).toBe('unauthorized');
      expect(kindOf(await ask('evil.example', { authorization }))).toBe('unknown-host');
    } finally {
      await server.stop();
    }
  });
});

test.each([
  [
    '--allow-host with a port',
    ['--allow-host', 'box:80'],
    /--allow-host box:80: expected a host name or IP address/,
  ],
  ['an empty --token', ['--token', ''], /--token: expected printable ASCII characters without spaces/],
  ['a --token with a space', ['--token', 'a b'], /--token: expected printable/],
  ['a host that has no address', ['--host', 'host.invalid'], /cannot listen on host\.invalid: /],
])('refuses %s in one line', async (_name, args, message) => {
  const { status, stderr } = await runCli(['serve', '--model', model, ...args]);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^mask-rcnn: [^\n]+\n$/);
});
