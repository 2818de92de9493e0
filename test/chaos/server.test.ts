import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { predictionSchema, problemSchema } from '../../src/server/api/schemas.ts';
import { random, record, times } from '../support/chaos.ts';
import { TestFolder } from '../support/folder.ts';
import { isAlive } from '../support/serve-command.ts';
import { sendPicture, startTestServer, type TestServer, untilHealth } from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

const folder = new TestFolder();
let server: TestServer;

beforeAll(async () => {
  const model = await importTiny('mask-v1', folder.path);
  const limits = { queue: 16, timeoutMs: 120_000, receiveMs: 2000 };
  server = await startTestServer(model, { workers: 2, ...limits });
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

async function picture(): Promise<{ width: number; height: number; bytes: Buffer }> {
  const [width, height] = [40 + random.integer(60), 40 + random.integer(60)];
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return { width, height, bytes };
}

/** The number of each outcome. */
const outcomes: Record<string, number> = {};
const count = (outcome: string) => {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
};

/** Every worker that was killed. */
const killed = new Set<number>();

const actions: { weight: number; act: () => Promise<void> }[] = [
  { weight: 60, act: predict },
  { weight: 12, act: abort },
  { weight: 12, act: sendHalf },
  { weight: 6, act: sendGarbage },
  { weight: 6, act: damaged },
  { weight: 4, act: kill },
];

/** A well-behaved client receives the answer to its own picture, or a problem that names the reason. */
async function predict(): Promise<void> {
  const { width, height, bytes } = await picture();
  const response = await sendPicture(server.url, bytes);
  const body = await response.json();
  if (response.status === 200) {
    expect(predictionSchema.parse(body)).toMatchObject({ width, height });
    count('answered');
  } else {
    const kind = problemSchema.parse(body).type.replace('urn:mask-rcnn:problem:', '');
    // Two workers may be killed at one picture; a full queue says so.
    expect(['worker-died', 'busy']).toContain(kind);
    count(kind);
  }
}

/** A client that goes away while its picture is sent, queued, or processed. */
async function abort(): Promise<void> {
  const { bytes } = await picture();
  const abortion = new AbortController();
  const request = { method: 'POST', headers: { 'content-type': 'image/png' }, signal: abortion.signal };
  const sent = fetch(`${server.url}/v1/predict`, { ...request, body: new Uint8Array(bytes) });
  const settled = sent.then(
    async (response) => void (await response.arrayBuffer().catch(() => null)),
    () => {},
  );
  await sleep(random.integer(60));
  abortion.abort();
  await settled;
  count('aborted');
}

/** Half an upload: cut off by the client, or never continued, until the server's deadline. */
async function sendHalf(): Promise<void> {
  const { bytes } = await picture();
  const head = `POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  const part = bytes.subarray(0, random.integer(bytes.length));
  const cutOff = random.uniform() < 0.7;
  await sendBytes(Buffer.concat([Buffer.from(head), part]), cutOff ? random.integer(40) : null);
  count('half');
}

async function sendGarbage(): Promise<void> {
  await sendBytes(
    Uint8Array.from({ length: 1 + random.integer(300) }, () => random.integer(256)),
    200,
  );
  count('garbage');
}

/** @param wait Milliseconds until the client cuts the connection; null to wait for the server. */
async function sendBytes(bytes: Uint8Array, wait: number | null): Promise<void> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.resume();
  const closed = once(socket, 'close').catch(() => null);
  socket.write(bytes);
  if (wait !== null) {
    await sleep(wait);
    socket.destroy();
  }
  await closed;
}

async function damaged(): Promise<void> {
  const { bytes } = await picture();
  const response = await sendPicture(server.url, bytes.subarray(0, 40 + random.integer(bytes.length - 60)));
  const { status } = problemSchema.parse(await response.json());
  expect([422, 500, 503]).toContain(status);
  count('damaged');
}

async function kill(): Promise<void> {
  const pids = server.workerPids();
  const pid = pids[random.integer(pids.length)];
  if (pid === undefined) return;
  process.kill(pid, 'SIGKILL');
  killed.add(pid);
  count('kills');
}

const weights = actions.reduce((sum, { weight }) => sum + weight, 0);

async function actAtRandom(): Promise<void> {
  let at = random.integer(weights);
  for (const { weight, act } of actions) {
    at -= weight;
    if (at < 0) return act();
  }
}

test('kills, aborts, half uploads and garbage cost no other client its answer', {
  timeout: 1_800_000,
}, async () => {
  let left = times(80, 3000);
  const client = async () => {
    while (left-- > 0) await actAtRandom();
  };
  // The order in which the clients act differs from run to run: one worker is killed whatever they do.
  await Promise.all([...Array.from({ length: 8 }, client), kill()]);
  await untilHealth(server.url, ({ ready, queued }) => ready === 2 && queued === 0);
  for (let i = 0; i < 4; i++) await predict();

  record(outcomes);
  expect(killed.size).toBeGreaterThan(0);
  const { answered, busy = 0, 'worker-died': died = 0 } = outcomes;
  expect(answered).toBeGreaterThan(9 * (busy + died));
  // Unexpected errors are logged as errors; a picture that two workers died of is one too.
  const errors = server.log.filter(({ level, problem }) => level === 'error' && problem !== 'worker-died');
  expect(errors).toEqual([]);
  expect(server.log.filter(({ event }) => event === 'worker-ended').length).toBeGreaterThanOrEqual(
    killed.size,
  );
  await expect.poll(() => [...killed].filter(isAlive), { timeout: 10_000 }).toEqual([]);
});
