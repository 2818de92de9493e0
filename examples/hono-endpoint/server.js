// @ts-check
/**
 * An endpoint in your own application: `POST /count` takes a picture and returns the number of objects in it and the
 * fraction of it that they cover. The model runs in a worker thread, so that the application remains responsive.
 */
import { Worker } from 'node:worker_threads';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** @typedef {{ id: number, status: number, body: object }} Answer */

const worker = new Worker(new URL('./model-worker.js', import.meta.url));
/** @type {Map<number, (answer: Answer) => void>} */
const waiting = new Map();
let next = 0;

worker.on('message', (/** @type {Answer} */ answer) => {
  waiting.get(answer.id)?.(answer);
  waiting.delete(answer.id);
});
worker.on('error', (error) => {
  console.error(error);
  process.exit(1);
});

const app = new Hono();
app.post('/count', bodyLimit({ maxSize: 20_000_000 }), async (c) => {
  if (waiting.size >= 32) return c.json({ error: 'busy' }, 503, { 'retry-after': '5' });
  const picture = new Uint8Array(await c.req.arrayBuffer());
  const id = next++;
  const answer = await new Promise((/** @type {(answer: Answer) => void} */ resolve) => {
    waiting.set(id, resolve);
    worker.postMessage({ id, picture });
  });
  return Response.json(answer.body, { status: answer.status });
});

const port = Number(process.env.PORT ?? 3000);
serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (address) =>
  console.log(`http://127.0.0.1:${address.port}/count`),
);
