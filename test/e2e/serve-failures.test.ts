import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type PredictionBody, predictionSchema, problemSchema } from '../../src/server/api/schemas.ts';
import { runCli } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';
import { startServeCommand, workersOf } from '../support/serve-command.ts';
import {
  healthOf,
  sendPicture,
  startTestServer,
  type TestServer,
  untilHealth,
} from '../support/serve-server.ts';
import { importTiny } from '../support/tiny-model.ts';

// Every test starts a server with its workers, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000 });

const folder = new TestFolder();
let model: string;
let picture: Buffer;

beforeAll(async () => {
  model = await importTiny('mask-v1', folder.path);
  picture = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
});
afterAll(() => folder.remove());

const kindOf = async (response: Response) =>
  problemSchema.parse(await response.json()).type.replace('urn:mask-rcnn:problem:', '');

/** Workers are frozen to hold a request at them for as long as a test needs; Windows cannot do that. */
const freezes = process.platform !== 'win32';
const note = freezes ? '' : ' (skipped: processes cannot be frozen here)';

describe.skipIf(!freezes)(`workers that are frozen or killed${note}`, () => {
  let server: TestServer;
  let pids: number[];
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of pids) process.kill(pid, signal);
  };

  beforeEach(async () => {
    server = await startTestServer(model, { workers: 2, queue: 3, timeoutMs: 20_000 });
    pids = server.workerPids();
  });
  afterEach(() => server.stop());

  test('killed during a picture: another worker processes it', async () => {
    signalAll('SIGSTOP');
    const sent = [1, 2, 3].map(() => sendPicture(server.url, picture));
    await untilHealth(server.url, ({ queued }) => queued === 1);
    process.kill(pids[0], 'SIGKILL');
    process.kill(pids[1], 'SIGCONT');
    const answers = await Promise.all(sent);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const answer of answers) predictionSchema.parse(await answer.json());
    await untilHealth(server.url, ({ ready }) => ready === 2);
    expect(server.workerPids()).not.toContain(pids[0]);
    expect(server.log.filter(({ event }) => event === 'retried')).toHaveLength(1);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('mask_rcnn_worker_events_total{model="tiny",event="retried"} 1');
  });

  test('killed twice at a picture: a problem, and the next picture is answered', async () => {
    signalAll('SIGSTOP');
    const sent = sendPicture(server.url, picture);
    await expect.poll(() => server.log.length).toBeGreaterThan(0);
    // It went to the first worker, and goes to the second, which waits.
    await sleep(300);
    process.kill(pids[0], 'SIGKILL');
    await expect.poll(() => server.log.some(({ event }) => event === 'retried')).toBe(true);
    await sleep(300);
    process.kill(pids[1], 'SIGKILL');
    const answer = await sent;
    expect([answer.status, await kindOf(answer)]).toEqual([500, 'worker-died']);
    expect(await (await sendPicture(server.url, picture)).json()).toMatchObject({ width: 80, height: 60 });
  });

  test('all killed while pictures wait: every one is answered by their successors', async () => {
    signalAll('SIGSTOP');
    const sent = [1, 2, 3, 4, 5].map(() => sendPicture(server.url, picture));
    await untilHealth(server.url, ({ queued }) => queued === 3);
    signalAll('SIGKILL');
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  test('busy: a full queue answers 503, /healthz stays fast, and accepted requests are answered', async () => {
    signalAll('SIGSTOP');
    const accepted = [1, 2, 3, 4, 5].map(() => sendPicture(server.url, picture));
    await untilHealth(server.url, ({ queued }) => queued === 3);
    const refused = await sendPicture(server.url, picture);
    expect([refused.status, await kindOf(refused)]).toEqual([503, 'busy']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    for (let i = 0; i < 20; i++) {
      const start = performance.now();
      expect(await healthOf(server.url)).toMatchObject({ status: 'ok', models: [{ queued: 3 }] });
      // Milliseconds on an idle machine; here it matters that it does not wait for the workers.
      expect(performance.now() - start).toBeLessThan(5000);
    }
    signalAll('SIGCONT');
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  test('stopping: accepted pictures are answered, new ones refused', async () => {
    signalAll('SIGSTOP');
    const { hostname, port } = new URL(server.url);
    // A connection that is open before the stop: its request arrives while the server drains.
    const early = connect(Number(port), hostname);
    await once(early, 'connect');
    early.write('GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Half: ');
    const accepted = [1, 2, 3].map(() => sendPicture(server.url, picture));
    await untilHealth(server.url, ({ queued }) => queued === 1);
    const stopped = server.stop();
    early.write('y\r\n\r\n');
    const [late] = (await once(early, 'data')) as [Buffer];
    expect(late.toString()).toMatch(
      /^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*urn:mask-rcnn:problem:stopping/,
    );
    await expect(sendPicture(server.url, picture)).rejects.toThrow();
    signalAll('SIGCONT');
    const answers = await Promise.all(accepted);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await stopped;
    expect(server.workerPids()).toEqual([]);
  });
});

describe.skipIf(!freezes)(`the request timeout${note}`, () => {
  test('over: 504, and the worker that never answers is replaced', async () => {
    const server = await startTestServer(model, { workers: 1, timeoutMs: 2000 });
    try {
      const [pid] = server.workerPids();
      process.kill(pid, 'SIGSTOP');
      const late = await Promise.all([1, 2].map(() => sendPicture(server.url, picture)));
      expect(late.map(({ status }) => status)).toEqual([504, 504]);
      expect(await kindOf(late[0])).toBe('timeout');
      await untilHealth(server.url, ({ ready }) => ready === 1);
      await expect.poll(() => server.workerPids()[0], { timeout: 20_000 }).not.toBe(pid);
      await untilHealth(server.url, ({ ready }) => ready === 1);
      expect((await sendPicture(server.url, picture)).status).toBe(200);
    } finally {
      await server.stop();
    }
  });

  test('over during shutdown: the shutdown does not wait forever', async () => {
    const server = await startTestServer(model, { workers: 1, timeoutMs: 1000 });
    process.kill(server.workerPids()[0], 'SIGSTOP');
    const sent = sendPicture(server.url, picture);
    await expect.poll(() => server.log.length).toBeGreaterThan(0);
    await sleep(300);
    const [answer] = await Promise.all([sent, server.stop()]);
    expect(answer.status).toBe(504);
  });
});

test('a model whose file is gone: a problem with the reason, until it is back', async () => {
  const [own, moved] = [folder.at('own.safetensors'), folder.at('moved.safetensors')];
  await copyFile(model, own);
  const server = await startTestServer(own, { workers: 1 });
  try {
    await rename(own, moved);
    process.kill(server.workerPids()[0], 'SIGKILL');
    const answer = await sendPicture(server.url, picture);
    expect([answer.status, await kindOf(answer.clone())]).toEqual([503, 'no-worker']);
    expect(answer.headers.get('retry-after')).toBe('10');
    expect(await answer.json()).toMatchObject({ detail: `no worker can be started: ${own}: no such file` });
    await rename(moved, own);
    expect((await sendPicture(server.url, picture)).status).toBe(200);
  } finally {
    await server.stop();
  }
});

test('a client that disconnects frees its place in the queue', async () => {
  const server = await startTestServer(model, { workers: 1, queue: 1 });
  try {
    const [pid] = server.workerPids();
    process.kill(pid, 'SIGSTOP');
    const first = sendPicture(server.url, picture);
    await sleep(300);
    const abort = new AbortController();
    const second = fetch(`${server.url}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(picture),
      signal: abort.signal,
    }).catch(() => 'aborted');
    await untilHealth(server.url, ({ queued }) => queued === 1);
    abort.abort();
    expect(await second).toBe('aborted');
    await untilHealth(server.url, ({ queued }) => queued === 0);
    expect(server.log).toContainEqual(expect.objectContaining({ path: '/v1/predict', status: 499 }));
    process.kill(pid, 'SIGCONT');
    expect((await first).status).toBe(200);
  } finally {
    await server.stop();
  }
});

describe('the command', () => {
  const serve = (...args: string[]) =>
    startServeCommand(model, args, { env: { MASK_RCNN_TOKEN: 'from-env' } });

  test('prints its address, logs JSON lines, and ends with 0 at SIGTERM when all is answered', async () => {
    const { child, url, ended, log } = await serve('--workers', '1');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const headers = { authorization: 'Bearer from-env' };
    const sent = [1, 2, 3, 4].map(() => sendPicture(url, picture, { headers }));
    await Promise.race(sent);
    child.kill('SIGTERM');
    const bodies = await Promise.all(
      sent.map(async (each) => (await each).json() as Promise<PredictionBody>),
    );
    expect(bodies.map((body) => [body.model, body.width])).toEqual(Array(4).fill(['mask-v1', 80]));
    expect(await ended).toEqual([0, null]);
    const events = log().map(({ event }) => event);
    expect(events.filter((event) => event !== 'request')).toEqual(['listening', 'stopping', 'stopped']);
    expect(events.filter((event) => event === 'request')).toHaveLength(4);
  });

  test.skipIf(process.platform !== 'linux')('is ended at once by a second signal', async () => {
    const { child, url, log } = await serve('--workers', '1', '--timeout', '600');
    const exited = once(child, 'exit');
    const [worker] = workersOf(child.pid!);
    process.kill(worker, 'SIGSTOP');
    try {
      const headers = { authorization: 'Bearer from-env' };
      const sent = sendPicture(url, picture, { headers }).catch(() => 'cut off');
      await sleep(500);
      child.kill('SIGINT');
      await expect
        .poll(() => log().some(({ event }) => event === 'stopping'), { timeout: 10_000 })
        .toBe(true);
      child.kill('SIGINT');
      expect(await exited).toEqual([130, null]);
      expect(await sent).toBe('cut off');
    } finally {
      // Thawed, it finds its parent gone.
      process.kill(worker, 'SIGCONT');
    }
    await expect.poll(() => existsSync(`/proc/${worker}`), { timeout: 10_000 }).toBe(false);
  });

  test.each([
    ['a port that is none', ['--port', '70000'], 2, /Expected a port from 0 to 65535/],
    ['no workers', ['--workers', '0'], 2, /Expected a whole number/],
    ['a limit of nothing', ['--max-body', '0'], 2, /Expected a number above 0/],
    ['a model that is not there', ['--model', 'none.safetensors'], 1, /none\.safetensors: no such file/],
    ['a model that is none', ['--model', fileURLToPath(import.meta.url)], 1, /serve-failures\.test\.ts: /],
    ['an address of another machine', ['--host', '192.0.2.1'], 1, /cannot listen on 192\.0\.2\.1 port 8080/],
  ])('refuses %s in one line', async (_name, args, status, message) => {
    const given = args.includes('--model') ? args : ['--model', model, ...args];
    const { stdout, ...ended } = await runCli(['serve', ...given]);
    expect([ended.status, stdout]).toEqual([status, '']);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/^mask-rcnn: [^\n]+\n$/);
  });

  test('refuses two models of one name', async () => {
    const { status, stderr } = await runCli(['serve', '--model', model, '--model', model]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/would both be called mask-v1\n$/)]);
  });
});
