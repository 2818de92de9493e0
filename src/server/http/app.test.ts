import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import type { JobAnswer } from '../work/job.ts';
import { buildApp } from './app.ts';
import type { AppOptions } from './context.ts';
import { ServerMetrics } from './metrics.ts';
import { BodyBudget } from './request/body-budget.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** Starts the app with a service whose workers give one answer. */
async function listen(answer: JobAnswer, ready: number, options: Partial<AppOptions> = {}) {
  const log: { level: string; [field: string]: unknown }[] = [];
  const app = buildApp({
    service: {
      models: [
        {
          name: 'm',
          task: 'object detection',
          categories: [{ id: 1, name: 'cell' }],
          defaultScore: 0.5,
          card: null,
        },
      ],
      fileOf: () => '',
      checkSpace: () => {},
      run: async () => ({ answer, queuedMs: 0 }),
      status: () => [{ name: 'm', workers: 2, ready, queued: 0 }],
    },
    metrics: new ServerMetrics(),
    log: (level, event, fields) => void log.push({ level, event, ...fields }),
    limits: { maxBytes: 1e6, receiveMs: 5000, budget: new BodyBudget(1e6) },
    version: '0.0.0',
    stopping: () => false,
    ...options,
  });
  server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log };
}

test('an internal error is logged in full, and the client is only told that there was one', async () => {
  const { url, log } = await listen({ outcome: 'failed', detail: 'Error: secret\n    at file.ts:1' }, 2);
  const body = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  const response = await fetch(`${url}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', 'x-request-id': 'id-1' },
    body: new Uint8Array(body),
  });
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toEqual({
    type: 'urn:mask-rcnn:problem:internal',
    title: 'Unexpected error',
    status: 500,
    detail: "see the server's log",
    requestId: 'id-1',
  });
  expect(log).toMatchObject([
    { level: 'error', requestId: 'id-1', error: expect.stringContaining('secret') },
  ]);
});

test('/healthz is 503 while a model has no ready worker', async () => {
  const { url } = await listen({ outcome: 'failed', detail: '' }, 0);
  const response = await fetch(`${url}/healthz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ status: 'degraded', models: [{ name: 'm', ready: 0 }] });
});

test('a refused request is counted under its route, an unknown path under none', async () => {
  const { url } = await listen({ outcome: 'failed', detail: '' }, 1, {
    token: 's3cret',
    cors: 'https://example.org',
  });
  const statusOf = async (path: string, init: RequestInit = {}) => (await fetch(url + path, init)).status;
  const headers = { authorization: 'Bearer s3cret' };
  expect(await statusOf('/v1/models/other/file')).toBe(401);
  expect(await statusOf('/v1/models/a%20b/file', { method: 'DELETE', headers })).toBe(405);
  expect(
    await statusOf('/v1/predict', { method: 'OPTIONS', headers: { origin: 'https://example.org' } }),
  ).toBe(204);
  expect(await statusOf('/v1/models/a/b/file', { headers })).toBe(404);
  expect(await statusOf('/healthz', { method: 'HEAD' })).toBe(200);
  const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
  const counted = [...metrics.matchAll(/^mask_rcnn_http_requests_total\{(.*)\} 1$/gm)].map(
    ([, labels]) => labels,
  );
  expect(counted).toEqual([
    'route="/v1/models/{name}/file",method="GET",status="401"',
    'route="/v1/models/{name}/file",method="DELETE",status="405"',
    'route="/v1/predict",method="OPTIONS",status="204"',
    'route="other",method="GET",status="404"',
    'route="/healthz",method="HEAD",status="200"',
  ]);
});
