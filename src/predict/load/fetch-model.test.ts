import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load } from './browser.ts';
import { type FetchProgress, fetchModel } from './fetch-model.ts';

const content = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
const page = '<!doctype html>\n<html lang="en"><head><title>App</title></head><body></body></html>\n';

const answer: RequestListener = ({ url }, response) => {
  if (url === '/model') response.writeHead(200, { 'content-length': content.length }).end(content);
  else if (url === '/unknown-length') response.writeHead(200).end(content);
  else if (url === '/endless') response.writeHead(200).write(content);
  else if (url === '/missing') response.writeHead(404).end();
  // An application whose paths are all the same page.
  else response.writeHead(200, { 'content-type': 'text/html' }).end(page);
};

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('fetching a model', () => {
  it.each<[string, number | null]>([
    ['model', content.length],
    ['unknown-length', null],
  ])('reports its progress: %s', async (path, total) => {
    const seen: FetchProgress[] = [];
    const bytes = await fetchModel(`${base}/${path}`, { onProgress: (progress) => seen.push(progress) });
    expect(Buffer.compare(bytes, content)).toBe(0);
    expect(seen.at(-1)).toEqual({ stage: 'download', done: content.length, total });
    expect(await fetchModel(new URL(`${base}/${path}`), {})).toHaveLength(content.length);
  });

  it('ends when its signal is aborted', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('changed my mind'));
    const { signal } = controller;
    await expect(fetchModel(`${base}/endless`, { onProgress, signal })).rejects.toThrow('changed my mind');
  });

  it('names the address where there is nothing', async () => {
    await expect(fetchModel(`${base}/missing`, {})).rejects.toThrow(
      `${base}/missing: cannot be fetched (404 Not Found)`,
    );
  });

  it('says why there is no answer', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(fetchModel(`http://127.0.0.1:${port}/model`, {})).rejects.toThrow(
      `http://127.0.0.1:${port}/model: cannot be fetched (connect ECONNREFUSED 127.0.0.1:${port})`,
    );
  });
});

describe('load in a browser', () => {
  it('says so where a page comes instead of a model', async () => {
    await expect(load(`${base}/photos`)).rejects.toThrow(
      `${base}/photos: the server sent an HTML page, not a model file; in a browser, give the address at which the ` +
        "model file is served, such as '/models/photos.safetensors'",
    );
  });

  it('refuses options that it does not have', async () => {
    await expect(load(`${base}/model`, { offline: true } as object)).rejects.toThrow(
      'load: unknown option offline; known: device, threads, runtimeFiles, onProgress, signal',
    );
  });
});
