import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAtomically } from './atomic-write.ts';
import { leftovers } from './leftovers.ts';
import { makeFolder } from './make-folder.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'mask-rcnn-'));

describe('writing a file', () => {
  it('replaces the old file, and leaves no other', async () => {
    const path = join(folder(), 'a.json');
    await writeAtomically(path, 'first');
    await writeAtomically(path, 'second');
    expect(readFileSync(path, 'utf8')).toBe('second');
    expect(readdirSync(join(path, '..'))).toEqual(['a.json']);
  });

  it('keeps the old file intact if the writer fails', async () => {
    const path = join(folder(), 'a.json');
    writeFileSync(path, 'old');
    const failing = writeAtomically(path, async (file) => {
      await file.writeFile('ne');
      expect(leftovers().length).toBe(1);
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(join(path, '..'))).toEqual(['a.json']);
    expect(leftovers()).toEqual([]);
  });

  it('follows a link instead of replacing it', async () => {
    const place = folder();
    writeFileSync(join(place, 'real'), 'old');
    symlinkSync(join(place, 'real'), join(place, 'link'));
    await writeAtomically(join(place, 'link'), 'new');
    expect(readFileSync(join(place, 'real'), 'utf8')).toBe('new');
  });

  it('names the file if there is no folder', async () => {
    const path = join(folder(), 'missing', 'a.json');
    await expect(writeAtomically(path, 'x')).rejects.toThrow(`${path}: cannot be written (ENOENT`);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'writes to devices, never over them: a full disk is an error',
    async () => {
      await expect(writeAtomically('/dev/full', 'x')).rejects.toThrow('/dev/full: cannot be written (ENOSPC');
      await expect(writeAtomically('/dev/null', 'x')).resolves.toBeUndefined();
    },
  );
});

describe('making a folder', () => {
  it('creates parent folders, and accepts an existing one', async () => {
    const path = join(folder(), 'a', 'b', 'c');
    await makeFolder(path);
    await makeFolder(path);
    expect(existsSync(path)).toBe(true);
  });

  it('names the path if it is a file', async () => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    await expect(makeFolder(path)).rejects.toThrow(`${path}: is a file, not a folder`);
    await expect(makeFolder(join(path, 'x'))).rejects.toThrow('part of its path is a file');
  });

  it.skipIf(!existsSync('/proc/self'))('fails under /proc instead of retrying forever', async () => {
    await expect(makeFolder('/proc/nowhere/x')).rejects.toThrow('ENOENT');
  });
});
