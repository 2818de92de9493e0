import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '../../src/server/api/schemas.ts';
import { TestFolder } from '../support/folder.ts';
import { startTestServer, type TestServer } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
let server: TestServer;
let modelPath: string;

beforeAll(async () => {
  modelPath = await importTiny('mask-v1', folder.path);
  const page = folder.at('page');
  mkdirSync(`${page}/assets`, { recursive: true });
  writeFileSync(`${page}/index.html`, '<!doctype html><title>page</title>');
  writeFileSync(`${page}/assets/main-abc.js`, 'export const one = 1;\n'.repeat(50));
  writeFileSync(folder.at('secret.txt'), 'not of the page');
  server = await startTestServer(modelPath, { page, workers: 1, token: 's3cret' });
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

describe('the page', () => {
  test('needs no token and is isolated from other pages', async () => {
    const response = await fetch(server.url);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(await response.text()).toContain('<title>page</title>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    });
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("'unsafe-inline'");
    expect(policy).not.toContain("'unsafe-eval'");
  });

  test('is sent again only if it has changed', async () => {
    const etag = (await fetch(server.url)).headers.get('etag');
    const again = await fetch(server.url, { headers: { 'if-none-match': String(etag) } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const asset = await fetch(`${server.url}/assets/main-abc.js`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test('is compressed if the client accepts it', async () => {
    const plain = await fetch(`${server.url}/assets/main-abc.js`, { headers: { 'accept-encoding': 'gzip' } });
    const brotli = await fetch(`${server.url}/assets/main-abc.js`, { headers: { 'accept-encoding': 'br' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(brotli.headers.get('content-encoding')).toBe('br');
    expect(Number(brotli.headers.get('content-length'))).toBeLessThan(200);
    expect(await brotli.text()).toBe(await plain.text());
  });

  test("comes with ONNX Runtime's files", async () => {
    const response = await fetch(`${server.url}/ort/ort-wasm-simd-threaded.wasm`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/wasm']);
    expect([...new Uint8Array(await response.arrayBuffer()).subarray(0, 4)]).toEqual([0, 0x61, 0x73, 0x6d]);
  });

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/index.html/',
    '/ort/',
  ])('has nothing at %s', async (path) => {
    const response = await fetch(server.url + path, { headers: { authorization: 'Bearer s3cret' } });
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('not of the page');
  });

  test('only accepts GET', async () => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { authorization: 'Bearer s3cret' },
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe("a model's file", () => {
  const ask = (headers: Record<string, string> = {}, init: RequestInit = {}, name = 'tiny') =>
    fetch(`${server.url}/v1/models/${name}/file`, {
      ...init,
      headers: { authorization: 'Bearer s3cret', ...headers },
    });

  test('is the file', async () => {
    const response = await ask();
    const file = readFileSync(modelPath);
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(file.length)]);
    expect(Buffer.from(await response.arrayBuffer()).equals(file)).toBe(true);
  });

  test('is described by HEAD without being sent', async () => {
    const head = await ask({}, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(readFileSync(modelPath).length));
    const etag = String(head.headers.get('etag'));
    expect((await ask({ 'if-none-match': etag })).status).toBe(304);
  });

  test('comes by ranges, of one and the same file', async () => {
    const file = readFileSync(modelPath);
    const etag = String((await ask({}, { method: 'HEAD' })).headers.get('etag'));
    const part = await ask({ range: 'bytes=100-199', 'if-range': etag });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${file.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(100, 200))).toBe(true);
    expect((await ask({ range: 'bytes=100-199', 'if-range': '"another"' })).status).toBe(200);
    const beyond = await ask({ range: `bytes=${file.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${file.length}`]);
    expect(problemSchema.parse(await beyond.json()).type).toBe('urn:mask-rcnn:problem:bad-range');
  });

  test('needs the token, and a model that exists', async () => {
    expect((await fetch(`${server.url}/v1/models/tiny/file`)).status).toBe(401);
    const unknown = await ask({}, {}, 'tinny');
    expect(unknown.status).toBe(404);
    expect(problemSchema.parse(await unknown.json()).detail).toContain('tiny');
    expect((await ask({}, { method: 'POST' })).status).toBe(405);
  });

  test('is counted under one address', async () => {
    const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: 'Bearer s3cret' } });
    const text = await metrics.text();
    expect(text).toContain('route="/v1/models/{name}/file"');
    expect(text).toContain('route="page"');
    expect(text).not.toContain('tinny');
  });
});
