import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { JsonLines } from './json-lines.ts';
import { startRedis } from './redis.ts';
import { type BenchResult, median, percentile, thisMachine } from './result.ts';
import { type Load, preparePicture, sendAll } from './serve.ts';

/** `--quick`: only tries that everything runs; its figures mean nothing. */
const isQuick = process.argv.includes('--quick');

const rounds = isQuick ? 1 : 5;
const requestsOfRound = isQuick ? 20 : 100;
const inFlight = 32;
const workers = 2;

const root = join(import.meta.dirname, '..');

/**
 * Compares a front end whose two workers take requests from a queue (`ours`) against `serve` with two workers (`peer`), on
 * one machine: rounds of 100 requests at 32 in flight alternate. `ratio` is that of the 95th percentiles of the latency.
 */
export async function bench(): Promise<BenchResult> {
  const bytes = new Uint8Array(readFileSync(await preparePicture()));
  const model = join(root, 'models', 'nuclei.safetensors');
  const redis = await startRedis();
  const child = (...args: string[]) => JsonLines.program('serve-child.ts', ...args);
  const [front, server, loop] = [
    child('front', model, redis.address),
    child('server', model),
    child('loop', model),
  ];
  const main = join(root, 'src/cli/main.ts');
  const args = ['--import', 'tsx', main, 'worker', '--serve', '--model', model, '--threads', '1'];
  const fleet: ChildProcess[] = Array.from({ length: workers }, () =>
    spawn(process.execPath, [...args, '--queue', redis.address], { stdio: ['ignore', 'inherit', 'inherit'] }),
  );
  try {
    await loop.answer();
    const picture = await preparePicture();
    const { scores } = await loop.ask<{ scores: number[] }>({ picture, count: 1 });
    loop.kill();
    const urls = [await front.answer<{ url: string }>(), await server.answer<{ url: string }>()];
    const loads = urls.map(({ url }): Load => ({ url, bytes, scores, count: requestsOfRound, inFlight }));
    await untilWorkersAreReady(loads[0].url);
    for (const load of loads) await sendAll({ ...load, count: inFlight });
    const latencies: number[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      for (const [i, load] of loads.entries()) latencies[i].push(...(await sendAll(load)));
    }
    const [ours, peer] = latencies.map((all) => ({
      requests: all.length,
      latencyP50Seconds: median(all),
      latencyP95Seconds: percentile(all, 95),
    }));
    const ratio = ours.latencyP95Seconds / peer.latencyP95Seconds;
    return { name: 'queue-serve', ratio, ours, peer, machine: thisMachine() };
  } finally {
    for (const process of [front, server, loop, ...fleet]) process.kill();
    await redis.stop();
  }
}

async function untilWorkersAreReady(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const health = (await (await fetch(`${url}/healthz`)).json()) as { models: { ready: number }[] };
    if (health.models[0].ready === workers) return;
    await pause(100);
  }
  throw new Error('the workers of the queue are not ready');
}
