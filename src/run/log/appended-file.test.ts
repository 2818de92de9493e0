import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAppended } from './appended-file.ts';

describe('a file that grows', () => {
  it('gets what is appended, in order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'appended-'));
    try {
      const path = join(folder, 'log');
      const file = await openAppended(path);
      await file.append('a');
      await file.append(Uint8Array.of(98, 99));
      await file.close();
      expect(await readFile(path, 'utf8')).toBe('abc');
      await expect(openAppended(join(folder, 'none', 'log'))).rejects.toThrow(/none\/log: cannot be written/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.skipIf(!existsSync('/dev/full'))('names the file for which the disk has no space', async () => {
    const file = await openAppended('/dev/full');
    await expect(file.append('a')).rejects.toThrow('/dev/full: cannot be written (ENOSPC');
    await file.close();
  });
});
