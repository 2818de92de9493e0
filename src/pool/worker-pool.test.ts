import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WorkerTask } from './messages.ts';
import { PoolError } from './pool-error.ts';
import { type PoolEvent, WorkerPool } from './worker-pool.ts';
import type { WorkerEvents } from './worker-process.ts';

/** A job and its answer, by name. */
type Job = string;
type Answer = string;

/** A worker that does what the test says. */
class FakeWorker {
  readonly events: WorkerEvents<Answer>;
  readonly tasks: WorkerTask<Job>[] = [];
  over = false;

  constructor(events: WorkerEvents<Answer>) {
    this.events = events;
  }

  answer(): void {
    this.events.answered(this.tasks.at(-1)!.id, 'done');
  }

  exit(reason = 'ended by SIGKILL'): void {
    if (this.over) return;
    this.over = true;
    this.events.exited(reason);
  }
}

let started: FakeWorker[];
let events: PoolEvent[];

function makePool(
  options: { workers?: number; queue?: number; ready?: boolean; timeoutMs?: number | null } = {},
): WorkerPool<Job, Answer> {
  const { workers = 2, queue = 2, ready = true, timeoutMs = 1000 } = options;
  return new WorkerPool({
    workers,
    queue,
    timeoutMs,
    restartMs: 100,
    onEvent: (event) => events.push(event),
    start: (workerEvents) => {
      const worker = new FakeWorker(workerEvents);
      started.push(worker);
      if (ready) queueMicrotask(() => workerEvents.ready());
      return {
        pid: started.length,
        send: (task) => void worker.tasks.push(task),
        kill: () => queueMicrotask(() => worker.exit()),
      };
    },
  });
}

/** Names of the jobs that a worker was given. */
const given = (worker: FakeWorker) => worker.tasks.map((task) => task.job);

/** How a run ends: `answered`, or the error's kind. */
const outcomeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'answered',
    (error: unknown) => (error instanceof PoolError ? error.kind : String(error)),
  );

beforeEach(() => {
  vi.useFakeTimers();
  started = [];
  events = [];
});
afterEach(() => {
  vi.useRealTimers();
});

test('jobs go to free workers in order, one at a time', async () => {
  const pool = makePool();
  await pool.ready;
  const runs = ['a', 'b', 'c', 'd'].map((name) => outcomeOf(pool.run(name)));
  expect(started.map(given)).toEqual([['a'], ['b']]);
  expect(pool.status).toEqual({ workers: 2, ready: 2, queued: 2 });
  started[1].answer();
  started[1].answer();
  started[0].answer();
  expect(started.map(given)).toEqual([['a'], ['b', 'c', 'd']]);
  started[1].answer();
  expect(await Promise.all(runs)).toEqual(['answered', 'answered', 'answered', 'answered']);
});

test('a full queue refuses requests and says when to retry', async () => {
  const pool = makePool({ workers: 1, queue: 1 });
  await pool.ready;
  const runs = [pool.run('a'), pool.run('b')].map(outcomeOf);
  const refused = await pool.run('c').catch((error: unknown) => error);
  expect(refused).toMatchObject({
    kind: 'busy',
    retryAfter: expect.any(Number),
  });
  expect(() => pool.checkSpace()).toThrow(/the queue is full \(1 waiting\)/);
  started[0].answer();
  pool.checkSpace();
  started[0].answer();
  expect(await Promise.all(runs)).toEqual(['answered', 'answered']);
});

describe('a worker that dies', () => {
  test('has its job done by another one, before those that wait', async () => {
    const pool = makePool();
    await pool.ready;
    const runs = ['a', 'b', 'c', 'd'].map((name) => outcomeOf(pool.run(name)));
    started[0].exit();
    started[1].answer();
    expect(given(started[1])).toEqual(['b', 'a']);
    expect(events).toEqual([
      { kind: 'worker-ended', reason: 'ended by SIGKILL' },
      { kind: 'retried', reason: 'ended by SIGKILL' },
    ]);
    await vi.advanceTimersByTimeAsync(1);
    expect(given(started[2])).toEqual(['c']);
    for (const worker of [started[1], started[1], started[2]]) worker.answer();
    expect(await Promise.all(runs)).toEqual(['answered', 'answered', 'answered', 'answered']);
  });

  test('may not kill a third one', async () => {
    const pool = makePool();
    await pool.ready;
    const run = outcomeOf(pool.run('poison'));
    started[0].exit();
    started[1].exit();
    expect(await run).toBe('worker-died');
    await vi.advanceTimersByTimeAsync(1);
    expect(pool.status.ready).toBe(2);
    expect(started.slice(2).map(given)).toEqual([[], []]);
  });

  test('is started again, later each time that it cannot load its model', async () => {
    const pool = makePool({ workers: 1, ready: false });
    started[0].events.ready();
    await pool.ready;
    started[0].exit();
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(2);
    started[1].exit();
    await vi.advanceTimersByTimeAsync(99);
    expect(started).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    started[2].exit();
    await vi.advanceTimersByTimeAsync(199);
    expect(started).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toHaveLength(4);
    expect(pool.status.ready).toBe(0);
    started[3].events.ready();
    expect(pool.status.ready).toBe(1);
  });

  test('fails what waits for it once it could not be started three times', async () => {
    const pool = makePool({ workers: 2, ready: false });
    for (const { events } of started) events.ready();
    await pool.ready;
    started[0].exit();
    started[1].exit();
    const waiting = pool.run('a').catch((error: unknown) => error);
    for (const delay of [1, 100, 200]) {
      expect(pool.status.queued).toBe(1);
      await vi.advanceTimersByTimeAsync(delay);
      for (const worker of started) worker.exit('model.safetensors: no such file');
    }
    expect(await waiting).toMatchObject({
      kind: 'no-worker',
      message: 'no worker can be started: model.safetensors: no such file',
      retryAfter: 10,
    });
    // It goes on being started.
    const next = outcomeOf(pool.run('b'));
    await vi.advanceTimersByTimeAsync(400);
    started.at(-1)!.events.ready();
    started.at(-1)!.answer();
    expect(await next).toBe('answered');
  });

  test('leaves what waits to another one that may still be started', async () => {
    const pool = makePool({ workers: 2, ready: false });
    for (const { events } of started) events.ready();
    await pool.ready;
    started[0].exit();
    started[1].exit();
    const run = outcomeOf(pool.run('a'));
    await vi.advanceTimersByTimeAsync(1);
    const other = started[3];
    for (const delay of [100, 200, 400]) {
      started
        .filter((worker) => worker !== other)
        .at(-1)!
        .exit('killed');
      await vi.advanceTimersByTimeAsync(delay);
    }
    other.events.ready();
    other.answer();
    expect(await run).toBe('answered');
  });

  test('at the start is the reason why the pool cannot be used', async () => {
    const pool = makePool({ ready: false });
    started[0].events.ready();
    started[1].exit('model.safetensors: is damaged');
    await expect(pool.ready).rejects.toThrow('a worker could not start: model.safetensors: is damaged');
    await pool.close();
  });
});

describe('the deadline', () => {
  test('applies to queued and to running jobs', async () => {
    const pool = makePool({ workers: 1 });
    await pool.ready;
    const runs = [outcomeOf(pool.run('a')), outcomeOf(pool.run('b'))];
    await vi.advanceTimersByTimeAsync(1000);
    expect(await Promise.all(runs)).toEqual(['timeout', 'timeout']);
    expect(pool.status.queued).toBe(0);
    const next = outcomeOf(pool.run('c'));
    expect(given(started[0])).toEqual(['a']);
    started[0].answer();
    expect(given(started[0])).toEqual(['a', 'c']);
    started[0].answer();
    expect(await next).toBe('answered');
  });

  test('kills the worker if exceeded twice, and nothing waits for its job', async () => {
    const pool = makePool({ workers: 1 });
    await pool.ready;
    const run = outcomeOf(pool.run('endless'));
    await vi.advanceTimersByTimeAsync(2001);
    expect(await run).toBe('timeout');
    expect(started).toHaveLength(2);
    expect(given(started[1])).toEqual([]);
    expect(events.map(({ kind }) => kind)).toEqual(['worker-ended']);
  });
});

test('without a deadline, a job may take any time', async () => {
  const pool = makePool({ workers: 1, timeoutMs: null });
  await pool.ready;
  const run = outcomeOf(pool.run('a'));
  await vi.advanceTimersByTimeAsync(1e9);
  started[0].answer();
  expect(await run).toBe('answered');
  expect(started).toHaveLength(1);
});

test('a job whose client is gone is dropped from the queue', async () => {
  const pool = makePool({ workers: 1 });
  await pool.ready;
  const first = outcomeOf(pool.run('a'));
  const abort = new AbortController();
  const dropped = outcomeOf(pool.run('b', abort.signal));
  abort.abort(new Error('the client is gone'));
  expect(await dropped).toBe('Error: the client is gone');
  started[0].answer();
  expect(await first).toBe('answered');
  expect(given(started[0])).toEqual(['a']);
});

test('however many jobs wait with a signal, it has one listener, and none once they are settled', async () => {
  const pool = makePool({ workers: 1, queue: 20 });
  await pool.ready;
  const { signal } = new AbortController();
  const runs = Array.from({ length: 12 }, (_, i) => outcomeOf(pool.run(`${i}`, signal)));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (const _ of runs) started[0].answer();
  expect(await Promise.all(runs)).toEqual(runs.map(() => 'answered'));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('closing ends the workers and leaves no job without an answer', async () => {
  const pool = makePool({ workers: 1 });
  await pool.ready;
  const runs = [outcomeOf(pool.run('a')), outcomeOf(pool.run('b'))];
  await pool.close();
  expect(await Promise.all(runs)).toEqual(['stopping', 'stopping']);
  await expect(pool.run('c')).rejects.toThrow('the pool was closed; create another one');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(started).toHaveLength(1);
  expect(events).toEqual([]);
});
