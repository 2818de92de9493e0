import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import type { JobAnswer } from '../work/messages.ts';
import { buildApp } from './app.ts';
import { BodyBudget } from './body-budget.ts';
import { ServerMetrics } from './metrics.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** The addresses over a service that answers as told. */
async function listen(answer: JobAnswer, ready: number) {
  const log: { level: string; [field: string]: unknown }[] = [];
  const app = buildApp({
    service: {
      models: [
        { name: 'm', task: 'object detection', categories: [{ id: 1, name: 'cell' }], defaultScore: 0.5 },
      ],
      fileOf: () => '',
      poolOf: () => ({ checkSpace: () => {} }) as never,
      run: async () => ({ answer, queuedMs: 0 }),
      status: () => [{ name: 'm', workers: 2, ready, queued: 0 }],
    },
    metrics: new ServerMetrics(),
    log: (level, event, fields) => void log.push({ level, event, ...fields }),
    limits: { maxBytes: 1e6, receiveMs: 5000, budget: new BodyBudget(1e6) },
    version: '0.0.0',
    stopping: () => false,
  });
  server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log };
}

test('a fault inside is told to the log, and to the client only that there was one', async () => {
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
    detail: 'see the log of the server',
    requestId: 'id-1',
  });
  expect(log).toMatchObject([
    { level: 'error', requestId: 'id-1', error: expect.stringContaining('secret') },
  ]);
});

test('/healthz is 503 while a model has no worker', async () => {
  const { url } = await listen({ outcome: 'failed', detail: '' }, 0);
  const response = await fetch(`${url}/healthz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ status: 'degraded', models: [{ name: 'm', ready: 0 }] });
});
