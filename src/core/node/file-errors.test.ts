import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { isSystemError, readIfThere, unreadable, unwritable } from './file-errors.ts';

it('says in one line which file, and why', () => {
  const cause = new Error('EACCES: permission denied');
  expect(unreadable('a.json', cause)).toEqual(
    new InputError('a.json', 'cannot be read (EACCES: permission denied)'),
  );
  expect(unwritable('a.json', cause)).toMatchObject({
    message: 'a.json: cannot be written (EACCES: permission denied)',
    source: 'a.json',
    cause,
  });
});

it('reads null where there is no file, and names one that cannot be read', async () => {
  expect(await readIfThere(join(tmpdir(), 'no such file'))).toBeNull();
  await expect(readIfThere(tmpdir(), 'results/a')).rejects.toThrow(/^results\/a: cannot be read \(EISDIR/);
});

it('tells errors of the operating system from others', async () => {
  const refused: unknown = await readFile(tmpdir()).catch((error: unknown) => error);
  expect([refused, new Error('x'), 'x'].map(isSystemError)).toEqual([true, false, false]);
});
