import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type LockHolder, withLock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(folder, { recursive: true }));
const times = { poll: 10, stale: 60_000 };

const refuse = async (holder: LockHolder): Promise<void> => {
  throw new Error(`held by ${holder.pid} on ${holder.host}`);
};

describe('a lock', () => {
  it('is held once, even within a process, and released after the work', async () => {
    const path = join(folder, 'a.lock');
    await withLock(
      path,
      async () => {
        const second = withLock(path, async () => {}, { whileWaiting: refuse, times });
        await expect(second).rejects.toThrow(`held by ${process.pid} on ${hostname()}`);
        expect(readFileSync(path, 'utf8')).toContain(` ${process.pid} `);
      },
      { whileWaiting: refuse, times },
    );
    expect(existsSync(path)).toBe(false);
  });

  it.each<[string, () => string]>([
    ['a process that died', () => `${hostname()} ${spawnSync('true').pid} x`],
    ['an earlier process of the same number', () => `${hostname()} ${process.pid} x`],
    ['a process that was killed while it wrote the file', () => ''],
  ])('of %s is taken over at once', async (_, content) => {
    const path = join(folder, 'b.lock');
    writeFileSync(path, content());
    if (content() === '') utimesSync(path, 0, 0);
    expect(await withLock(path, async () => 'done', { whileWaiting: refuse, times })).toBe('done');
  });
});
