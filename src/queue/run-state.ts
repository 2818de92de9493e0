import type { Redis } from 'ioredis';
import type { Chunk } from './chunk.ts';
import type { ChunkOutcome } from './chunk-results.ts';
import { keyPrefix } from './queue.ts';

/** Seconds after the last change for which the state of a run is kept. */
const keptSeconds = 30 * 86_400;

/** The same for the count of a worker. */
const workerSeconds = 86_400;

/** Minutes over which the rate of a run is averaged, and for which it is kept. */
const rateMinutes = 5;

/** How far a run is. */
export interface RunState {
  readonly id: string;
  /** As the user named them. */
  readonly model: string;
  readonly out: string;
  /** Pictures listed so far; all of them where `complete`. */
  readonly listed: number;
  readonly complete: boolean;
  readonly cancelled: boolean;
  /** Pictures that have a record. */
  readonly done: number;
  /** Those of them that have an error. */
  readonly failed: number;
  /** Pictures per second in the last minutes. */
  readonly rate: number;
}

type ChunkSpan = Pick<Chunk, 'run' | 'start' | 'pictures'>;

/**
 * The progress of runs, beside the jobs of BullMQ. A bit for each picture says whether it is done: a chunk that is
 * processed twice counts once.
 */
export class RunStates {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Notes a run that is being submitted; one that was cancelled goes on. */
  async begin(id: string, { model, out }: Pick<RunState, 'model' | 'out'>): Promise<void> {
    await this.#redis
      .multi()
      .zadd(runsKey, 'NX', Date.now(), id)
      .hset(key(id), { model, out, complete: 0 })
      .hsetnx(key(id), 'listed', 0)
      .hdel(key(id), 'cancelled')
      .expire(key(id), keptSeconds)
      .exec();
  }

  /** Forgets which pictures of a run are done. */
  async forget(id: string): Promise<void> {
    await this.#redis.del(key(id), `${key(id)}:done`, `${key(id)}:failed`);
  }

  /** How far each of the chunks of a run is: a chunk with a picture that is not done is open. */
  async progressOf(chunks: readonly ChunkSpan[]): Promise<('open' | 'failed' | 'done')[]> {
    const bytes = this.#redis.pipeline();
    for (const { run, start, pictures } of chunks) {
      const [first, last] = [start, start + pictures.length - 1].map((position) => Math.floor(position / 8));
      bytes.getrangeBuffer(`${key(run)}:done`, first, last);
      bytes.getrangeBuffer(`${key(run)}:failed`, first, last);
    }
    const answers = (await bytes.exec()) ?? [];
    return chunks.map((chunk, i) => {
      const [done, failed] = [2 * i, 2 * i + 1].map((at) => bitsOf(chunk, answers[at][1] as Buffer));
      if (done.includes(0)) return 'open';
      return failed.includes(1) ? 'failed' : 'done';
    });
  }

  /** Notes the pictures of chunks as not done. */
  async reopen(chunks: readonly ChunkSpan[]): Promise<void> {
    const bits = this.#redis.pipeline();
    for (const { run, start, pictures } of chunks) {
      const clear = pictures.flatMap((_, i) => ['SET', 'u1', String(start + i), '0']);
      bits.call('bitfield', `${key(run)}:done`, ...clear).call('bitfield', `${key(run)}:failed`, ...clear);
    }
    await bits.exec();
  }

  /** Notes how many pictures were listed. */
  async listed(id: string, count: number, complete: boolean): Promise<void> {
    await this.#redis.hset(key(id), { listed: count, complete: complete ? 1 : 0 });
  }

  async cancel(id: string): Promise<void> {
    await this.#redis.hset(key(id), 'cancelled', 1);
  }

  async isCancelled(id: string): Promise<boolean> {
    return (await this.#redis.hget(key(id), 'cancelled')) === '1';
  }

  /** Notes the pictures of a chunk as done. @param worker Its name. */
  async done(id: string, { start, count, failed }: ChunkOutcome, worker: string): Promise<void> {
    const bad = new Set(failed);
    const positions = Array.from({ length: count }, (_, i) => start + i);
    const bits = (of: (position: number) => number) =>
      positions.flatMap((position) => ['SET', 'u1', String(position), String(of(position))]);
    // The answers are the bits before.
    const before = await this.#redis.call('bitfield', `${key(id)}:done`, ...bits(() => 1));
    await this.#redis.call('bitfield', `${key(id)}:failed`, ...bits((position) => Number(bad.has(position))));
    const added = (before as number[]).filter((bit) => bit === 0).length;
    const now = Math.floor(Date.now() / 60_000);
    const counts = this.#redis
      .pipeline()
      .incrby(`${key(id)}:rate:${now}`, added)
      .expire(`${key(id)}:rate:${now}`, 60 * (rateMinutes + 2));
    for (const kept of [key(id), `${key(id)}:done`, `${key(id)}:failed`]) counts.expire(kept, keptSeconds);
    await counts.exec();
    await this.countPictures(worker, added);
  }

  /** Adds to the pictures that a worker has done. */
  async countPictures(worker: string, count: number): Promise<void> {
    await this.#redis
      .multi()
      .incrby(workerKey(worker), count)
      .expire(workerKey(worker), workerSeconds)
      .exec();
  }

  /** The runs of the queue, the oldest first. */
  async all(): Promise<RunState[]> {
    const ids = await this.#redis.zrange(runsKey, 0, -1);
    const states: RunState[] = [];
    for (const id of ids) {
      const state = await this.get(id);
      if (state) states.push(state);
      else await this.#redis.zrem(runsKey, id);
    }
    return states;
  }

  /** Null where the queue has no such run, or none any more. */
  async get(id: string): Promise<RunState | null> {
    const stored = await this.#redis.hgetall(key(id));
    if (stored.model === undefined) return null;
    const done = await this.#redis.bitcount(`${key(id)}:done`);
    const failed = await this.#redis.bitcount(`${key(id)}:failed`);
    return {
      id,
      model: stored.model,
      out: stored.out,
      listed: Number(stored.listed),
      complete: stored.complete === '1',
      cancelled: stored.cancelled === '1',
      done,
      failed,
      rate: await this.#rate(id),
    };
  }

  /** Pictures that a worker has done. */
  async picturesOf(worker: string): Promise<number> {
    return Number((await this.#redis.get(workerKey(worker))) ?? 0);
  }

  async #rate(id: string): Promise<number> {
    const now = Date.now() / 60_000;
    const minutes = Array.from({ length: rateMinutes }, (_, i) => Math.floor(now) - i);
    const counts = await this.#redis.mget(minutes.map((minute) => `${key(id)}:rate:${minute}`));
    // From the first minute that has pictures, so that the start of a run does not lower its rate.
    const first = counts.findLastIndex((count) => count !== null);
    if (first < 0) return 0;
    const pictures = counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
    return pictures / (60 * Math.max(now - minutes[first], 1 / 60));
  }
}

const runsKey = `${keyPrefix}:runs`;

function key(id: string): string {
  return `${keyPrefix}:run:${id}`;
}

/** The bits of the pictures of a chunk. @param bytes From that of the first picture on; absent ones are 0. */
function bitsOf({ start, pictures }: ChunkSpan, bytes: Buffer): number[] {
  return pictures.map((_, i) => {
    const bit = (start & 7) + i;
    return ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
  });
}

function workerKey(worker: string): string {
  return `${keyPrefix}:worker:${worker}`;
}
