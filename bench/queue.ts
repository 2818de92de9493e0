import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { eachOf } from '../src/core/each-of.ts';
import { sha256Of } from '../src/core/node/sha256.ts';
import { seededRandom } from '../src/core/random.ts';
import { shippedModels } from '../src/hub/resolve-model.ts';
import { openStore } from '../src/queue/open-store.ts';
import { openChunkQueue } from '../src/queue/queue.ts';
import { RunStates } from '../src/queue/run-state.ts';
import { submitRun } from '../src/queue/submit.ts';
import { type BenchRedis, redisInfo, startRedis } from './redis.ts';
import { type BenchResult, type Figures, median, thisMachine } from './result.ts';

/** `--quick`: only tries that everything runs; its figures mean nothing. */
const isQuick = process.argv.includes('--quick');

const chunkSize = 16;
/** Pictures of a timed run, and of the run before that loads the models. */
const pictures = isQuick ? 32 : 512;
const rounds = isQuick ? 1 : 3;
const side = { width: 320, height: 240 };
const modelName = 'photos';

/** Pictures that are queued to measure the server's memory. */
const queuedPictures = isQuick ? 16_000 : 1_000_000;
/** Chunks that workers with an instant model take. */
const instantChunks = isQuick ? 200 : 20_000;
const instantWorkers = isQuick ? [1] : [1, 2, 4];

/**
 * The queue: throughput of two workers against one and against two loops without a queue, of one against one loop, and
 * the control plane alone. Every worker and loop has one thread.
 */
export async function bench(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-queue-'));
  const redis = await startRedis();
  try {
    const paths = await writePictures(folder);
    const bare: number[] = [];
    const one: number[] = [];
    const two: number[] = [];
    const twoBare: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(await bareLoop(folder, paths, 1));
      one.push(await queued(redis, folder, paths, 1));
      two.push(await queued(redis, folder, paths, 2));
      twoBare.push(await bareLoop(folder, paths, 2));
    }
    const [bareSeconds, oneSeconds, twoSeconds, twoBareSeconds] = [bare, one, two, twoBare].map(median);
    const speed = (seconds: number): Figures => ({ seconds, picturesPerSecond: pictures / seconds });
    return {
      name: 'queue',
      ratio: oneSeconds / bareSeconds,
      ours: speed(oneSeconds),
      peer: speed(bareSeconds),
      machine: thisMachine(),
      cases: {
        'one worker (ours) against a bare loop (peer)': {
          ratio: oneSeconds / bareSeconds,
          ours: { ...speed(oneSeconds), all: one },
          peer: { ...speed(bareSeconds), all: bare },
        },
        'two workers (ours) against one (peer)': {
          ratio: twoSeconds / oneSeconds,
          ours: { ...speed(twoSeconds), all: two, speedup: oneSeconds / twoSeconds },
          peer: speed(oneSeconds),
        },
        // What the machine gives two processes that do not know of each other.
        'two workers (ours) against two bare loops (peer)': {
          ratio: twoSeconds / twoBareSeconds,
          ours: speed(twoSeconds),
          peer: { ...speed(twoBareSeconds), all: twoBare, speedup: bareSeconds / twoBareSeconds },
        },
        ...(await controlPlane(redis, folder)),
      },
    };
  } finally {
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writePictures(folder: string): Promise<string[]> {
  const random = seededRandom(1);
  const paths: string[] = [];
  for (let i = 0; i < pictures; i++) {
    // Blurred noise: neither empty nor as large as noise.
    const data = Uint8Array.from({ length: 20 * 15 * 3 }, () => random.integer(256));
    const path = join(folder, `${String(i).padStart(4, '0')}.jpg`);
    const raw = { width: 20, height: 15, channels: 3 } as const;
    await sharp(data, { raw }).resize(side.width, side.height).jpeg().toFile(path);
    paths.push(path);
  }
  return paths;
}

/** Seconds of the slowest of several loops that share the pictures. */
async function bareLoop(folder: string, paths: readonly string[], loops: number): Promise<number> {
  const child = join(import.meta.dirname, 'queue-child.ts');
  const seconds = Array.from({ length: loops }, async (_, i) => {
    const share = paths.filter((_, at) => at % loops === i);
    const out = join(folder, `bare-${i}.ndjson`);
    const args = ['--import', 'tsx', child, 'bare', modelName, out, String(chunkSize)];
    const { stdout } = await promisify(execFile)(process.execPath, [...args, ...share]);
    return (JSON.parse(stdout) as { seconds: number }).seconds;
  });
  return Math.max(...(await Promise.all(seconds)));
}

async function queued(
  redis: BenchRedis,
  folder: string,
  paths: readonly string[],
  workers: number,
): Promise<number> {
  const main = join(import.meta.dirname, '../src/cli/main.ts');
  const args = [
    '--import',
    'tsx',
    main,
    'worker',
    '--root',
    folder,
    '--threads',
    '1',
    '--queue',
    redis.address,
  ];
  const children = Array.from({ length: workers }, () => spawn(process.execPath, args, { stdio: 'inherit' }));
  try {
    // Every worker loads its model with a chunk of its own, while the others are busy with theirs.
    await timedRun(redis, join(folder, 'warm'), [...paths, ...paths].slice(0, 4 * chunkSize * workers));
    return await timedRun(redis, join(folder, `of-${workers}`), paths);
  } finally {
    await endAll(children);
    await redis.connection.flushall();
    for (const name of ['warm', `of-${workers}`])
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function timedRun(redis: BenchRedis, out: string, paths: readonly string[]): Promise<number> {
  const [model] = (await shippedModels()).filter(({ name }) => name === modelName);
  const sha256 = await sha256Of(model.path);
  const start = performance.now();
  await untilDone(redis, (await submit(redis, out, sha256, eachOf(paths))).run, paths.length);
  return (performance.now() - start) / 1000;
}

async function submit(redis: BenchRedis, out: string, sha256: string, paths: AsyncIterable<string>) {
  const queue = await openChunkQueue(redis.connection);
  const submitted = await submitRun(redis.connection, queue, {
    settings: { model: { name: modelName, sha256 }, choices: {}, plane: {}, out },
    pictures: paths,
    store: openStore(out),
    chunkSize,
    maxWaiting: Number.POSITIVE_INFINITY,
    onProgress: () => {},
  });
  await queue.close();
  return submitted;
}

async function untilDone({ connection }: BenchRedis, run: string, count: number): Promise<void> {
  const states = new RunStates(connection);
  while (((await states.get(run))?.done ?? 0) < count) await pause(50);
}

/** The queue with a model that answers at once, and the memory of a long queue. */
async function controlPlane(redis: BenchRedis, folder: string): Promise<NonNullable<BenchResult['cases']>> {
  const { connection } = redis;
  const names = (count: number) => numbered(join(folder, 'camera-01/2026-01-01'), count);
  const sha256 = '0'.repeat(64);
  const before = await redisInfo(connection, 'used_memory');
  const start = performance.now();
  await submit(redis, join(folder, 'long'), sha256, names(queuedPictures));
  const seconds = (performance.now() - start) / 1000;
  const memory = (await redisInfo(connection, 'used_memory')) - before;
  await connection.flushall();
  const long = {
    queuedPictures,
    redisMb: memory / 1e6,
    redisBytesPerPicture: memory / queuedPictures,
    submittedPicturesPerSecond: queuedPictures / seconds,
  };
  const cases: Record<string, NonNullable<BenchResult['cases']>[string]> = {
    'a long queue': { ratio: null, ours: long, peer: {} },
  };
  for (const workers of instantWorkers) {
    cases[`${workers} × instant model`] = {
      ratio: null,
      ours: await instant(redis, folder, workers),
      peer: {},
    };
  }
  const perChunk = cases['1 × instant model'].ours as Record<string, number>;
  return { ...cases, ...computedLoads(perChunk) };
}

/** Pictures per second of one worker, for which loads are computed. */
const workerSpeed = 2;

/** What the server would carry for more workers than can be measured here: computed from the figures per job. */
function computedLoads(perChunk: Record<string, number>): NonNullable<BenchResult['cases']> {
  const loads = [10, 100, 1000].flatMap((workers) =>
    [16, 128].map((chunk) => {
      const chunksPerSecond = (workers * workerSpeed) / chunk;
      const ours = {
        chunksPerSecond,
        redisCorePercent: (100 * chunksPerSecond * perChunk.redisCpuMsPerChunk) / 1000,
        redisMbitPerSecond:
          (chunksPerSecond * (perChunk.redisKbInPerChunk + perChunk.redisKbOutPerChunk) * 8) / 1000,
      };
      const name = `computed: ${workers} workers of ${workerSpeed} pictures/s, chunks of ${chunk}`;
      return [name, { ratio: null, ours, peer: {} }] as const;
    }),
  );
  return Object.fromEntries(loads);
}

async function instant(redis: BenchRedis, folder: string, workers: number): Promise<Figures> {
  const { connection } = redis;
  const out = join(folder, `instant-${workers}`);
  const count = instantChunks * chunkSize;
  const { run } = await submit(redis, out, '0'.repeat(64), numbered(join(folder, 'in'), count));
  const child = join(import.meta.dirname, 'queue-child.ts');
  const args = ['--import', 'tsx', child, 'instant', redis.address, folder];
  const cpu = async () =>
    (await redisInfo(connection, 'used_cpu_user')) + (await redisInfo(connection, 'used_cpu_sys'));
  const sent = () => redisInfo(connection, 'total_net_output_bytes');
  const received = () => redisInfo(connection, 'total_net_input_bytes');
  const children = Array.from({ length: workers }, () => spawn(process.execPath, args, { stdio: 'inherit' }));
  // Until the first is done, processes start.
  await untilDone(redis, run, 1);
  const states = new RunStates(connection);
  const done = (await states.get(run))?.done ?? 0;
  const [cpuBefore, sentBefore, receivedBefore] = [await cpu(), await sent(), await received()];
  const start = performance.now();
  await untilDone(redis, run, count);
  const seconds = (performance.now() - start) / 1000;
  const chunks = (count - done) / chunkSize;
  const figures = {
    chunksPerSecond: chunks / seconds,
    redisCpuMsPerChunk: (1000 * ((await cpu()) - cpuBefore)) / chunks,
    redisKbInPerChunk: ((await received()) - receivedBefore) / 1000 / chunks,
    redisKbOutPerChunk: ((await sent()) - sentBefore) / 1000 / chunks,
  };
  await endAll(children);
  await connection.flushall();
  return figures;
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    }),
  );
}

async function* numbered(prefix: string, count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `${prefix}/${String(i).padStart(9, '0')}.jpg`;
}
