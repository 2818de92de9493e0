import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { drawNuclei } from '../examples/demo/draw-nuclei.ts';
import { routes, urlOf } from '../src/server/api/routes.ts';
import { JsonLines } from './json-lines.ts';
import { type BenchResult, median, percentile, thisMachine } from './result.ts';

const rounds = 5;
const requestsOfRound = 200;
const concurrency = 16;
/** Predictions of the bare loop in each round. */
const loopOfRound = 60;
/** Milliseconds between two requests to /healthz during a round. */
const healthInterval = 50;

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache', 'bench');

/**
 * Compares the HTTP server, with two workers, against a plain loop of `model.predict` on the same cores: five rounds of
 * 200 requests at concurrency 16 alternate with the loop, on a 400×400 picture and the shipped model. `ratio` is the time
 * per picture, server over loop. Every response is checked against the loop's result. Meanwhile /healthz is polled; the
 * memory of the server's processes is read after each round.
 */
export async function bench(): Promise<BenchResult> {
  const picture = await preparePicture();
  const model = join(root, 'models', 'nuclei.safetensors');
  const child = (role: string) => JsonLines.program('serve-child.ts', role, model);
  const ours = child('server');
  const peer = child('loop');
  try {
    const { url, pids } = await ours.answer<{ url: string; pids: number[] }>();
    await peer.answer();
    const ask = (count: number) => peer.ask<{ seconds: number; scores: number[] }>({ picture, count });
    const { scores } = await ask(10);
    const bytes = new Uint8Array(readFileSync(picture));
    await sendAll({ url, bytes, scores, count: 32 });

    const memory = [megabytes(pids)];
    const measured: Round[] = [];
    const peerSeconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      measured.push(await measureRound({ url, bytes, scores, count: requestsOfRound }));
      memory.push(megabytes(pids));
      peerSeconds.push((await ask(loopOfRound)).seconds / loopOfRound);
    }
    const seconds = measured.map((round) => round.seconds / requestsOfRound);
    const latencies = measured.flatMap((round) => round.latencies);
    const health = measured.flatMap((round) => round.health);
    return {
      name: 'serve',
      ratio: median(seconds.map((second, round) => second / peerSeconds[round])),
      ours: {
        secondsOfPicture: median(seconds),
        allSecondsOfPicture: seconds,
        picturesPerSecond: 1 / median(seconds),
        requests: latencies.length,
        latencyP50Seconds: percentile(latencies, 50),
        latencyP95Seconds: percentile(latencies, 95),
        healthz: health.length,
        healthzP50Ms: percentile(health, 50),
        healthzP95Ms: percentile(health, 95),
        healthzMaxMs: Math.max(...health),
        healthzAbove50Ms: health.filter((ms) => ms > 50).length,
        memoryAfterWarmUpAndEachRoundMb: memory,
      },
      peer: {
        secondsOfPicture: median(peerSeconds),
        allSecondsOfPicture: peerSeconds,
        picturesPerSecond: 1 / median(peerSeconds),
      },
      machine: thisMachine(),
    };
  } finally {
    ours.kill();
    peer.kill();
  }
}

export interface Load {
  url: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** Scores that the loop found. */
  scores: readonly number[];
  count: number;
  /** Requests at once. Default 16. */
  inFlight?: number;
}

interface Round {
  seconds: number;
  /** Seconds of each request. */
  latencies: number[];
  /** Milliseconds of each request to /healthz. */
  health: number[];
}

async function measureRound(load: Load): Promise<Round> {
  const health: number[] = [];
  let running = true;
  const watching = (async () => {
    while (running) {
      const start = performance.now();
      const response = await fetch(`${load.url}/${urlOf(routes.health, {})}`);
      await response.text();
      if (response.status !== 200) throw new Error(`/healthz answered ${response.status}`);
      health.push(performance.now() - start);
      await sleep(healthInterval);
    }
  })();
  const start = performance.now();
  const latencies = await sendAll(load);
  const seconds = (performance.now() - start) / 1000;
  running = false;
  await watching;
  return { seconds, latencies, health };
}

/** @returns Seconds of each request. */
export async function sendAll(load: Load): Promise<number[]> {
  const latencies: number[] = [];
  let sent = 0;
  const client = async () => {
    while (sent < load.count) {
      sent += 1;
      const start = performance.now();
      await send(load);
      latencies.push((performance.now() - start) / 1000);
    }
  };
  await Promise.all(Array.from({ length: load.inFlight ?? concurrency }, client));
  return latencies;
}

/** @throws Error if the response differs from the loop's result. */
async function send({ url, bytes, scores }: Load): Promise<void> {
  const response = await fetch(`${url}/${urlOf(routes.predict, {})}`, {
    method: routes.predict.method,
    headers: { 'content-type': 'image/png' },
    body: bytes,
  });
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${await response.text()}`);
  const { results } = (await response.json()) as { results: { score: number }[] };
  const same =
    results.length === scores.length && results.every(({ score }, i) => Math.abs(score - scores[i]) < 1e-3);
  if (!same) throw new Error(`${results.length} instances, expected the loop's ${scores.length}`);
}

/** Resident memory of all processes together. */
function megabytes(pids: readonly number[]): number {
  const output = execFileSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' });
  const kilobytes = output.trim().split('\n').map(Number);
  if (kilobytes.length !== pids.length) throw new Error('a process of the server has ended');
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1000;
}

/** Draws the picture that the requests carry. @returns Its path. */
export async function preparePicture(): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const path = join(cache, 'serve.png');
  const { picture } = drawNuclei({ seed: 1, width: 400, height: 400 });
  const { width, height, data } = picture;
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}
