import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { unwritable } from './file-errors.ts';
import { addLeftover, dropLeftover } from './leftovers.ts';
import { pause } from './pause.ts';

export interface LockTimes {
  /** Milliseconds between checks of a lock that another process holds, and between heartbeats. */
  poll: number;
  /** Milliseconds without a heartbeat after which a holder on another machine counts as dead. */
  stale: number;
}

const defaultTimes: LockTimes = { poll: 500, stale: 60_000 };

/** The process that holds a lock. */
export interface LockHolder {
  host: string;
  pid: number;
}

export interface LockOptions {
  /** Called at every check while another process holds the lock; what it throws ends the wait. */
  whileWaiting: (holder: LockHolder) => Promise<void>;
  times?: LockTimes | undefined;
  /** Ends the wait; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** The locks that this process holds or waits for. */
const tokens = new Set<string>();

/**
 * Runs `work` while holding an exclusive lock between processes. The lock is a file that names its holder; a holder
 * that died, or stopped its heartbeat, loses it.
 * @param path The lock file.
 * @returns What `work` returns.
 * @throws InputError where the lock cannot be written; what `work` throws; the reason of the signal.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { whileWaiting, times = defaultTimes, signal }: LockOptions,
): Promise<T> {
  const token = `${hostname()} ${process.pid} ${randomBytes(8).toString('hex')}`;
  tokens.add(token);
  try {
    while (!(await acquire(path, token, times))) {
      const content = await contentOf(path);
      // Not while it is being written or was just removed.
      if (content) await whileWaiting(holderOf(content));
      await pause(times.poll, signal);
    }
    return await hold(path, work, times);
  } finally {
    tokens.delete(token);
  }
}

async function hold<T>(path: string, work: () => Promise<T>, times: LockTimes): Promise<T> {
  // An interrupted process ends through `exit`, where only synchronous calls still run.
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  addLeftover(path);
  const alive = setInterval(() => void touch(path), times.poll);
  try {
    return await work();
  } finally {
    clearInterval(alive);
    process.off('exit', release);
    dropLeftover(path);
    await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string, times: LockTimes): Promise<boolean> {
  if (!(await create(path, token))) {
    if (!(await isAbandoned(path, times.stale))) return false;
    await rm(path, { force: true });
    if (!(await create(path, token))) return false;
    // Another process may have found the same dead holder just before us and now remove *our* file: after a pause, the
    // process whose token is in the file holds the lock.
    await pause(times.poll / 2);
  }
  return (await contentOf(path)) === token;
}

async function create(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritable(path, error);
  }
}

async function isAbandoned(path: string, stale: number): Promise<boolean> {
  const content = await contentOf(path);
  const { host, pid } = holderOf(content ?? '');
  // In a container that was restarted, this process may have the number of the one that died.
  const isAlive = pid === process.pid ? tokens.has(content ?? '') : isRunning(pid);
  if (host === hostname() && !isAlive) return true;
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > stale;
}

function holderOf(content: string): LockHolder {
  const [host, pid] = content.split(' ');
  return { host, pid: Number(pid) };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is running, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function contentOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  // The file is missing where another process took the lock over.
  await utimes(path, now, now).catch(() => {});
}
