import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResultEntry } from '../../predict/result-entry.ts';
import { ResultCache } from './result-cache.ts';

let path = '';
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'result-cache-')), 'dt.json');
});
afterEach(() => rm(join(path, '..'), { recursive: true }));

const entry: ResultEntry = {
  image_id: 3,
  file_name: 'a.png',
  category_id: 1,
  category_name: 'cell',
  bbox: [1, 2, 3, 4],
  score: 0.5,
};

it('resumes after a kill in the middle of a line, and becomes a results array', async () => {
  const first = await ResultCache.open(path, 'model A');
  await first.add(3, [entry]);
  await first.add(4, []);
  await first.close();
  await appendFile(`${path}.part`, '{"image_id": 5, "resu');
  const second = await ResultCache.open(path, 'model A');
  expect([...second.done]).toEqual([3, 4]);
  await second.add(5, [{ ...entry, image_id: 5 }]);
  await second.complete();
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([entry, { ...entry, image_id: 5 }]);
  expect(existsSync(`${path}.part`)).toBe(false);
});

it('does not mix the results of two models', async () => {
  const first = await ResultCache.open(path, 'model A');
  await first.add(3, [entry]);
  await first.close();
  const second = await ResultCache.open(path, 'model B');
  expect(second.done.size).toBe(0);
  await second.complete();
  expect(await readFile(path, 'utf8')).toBe('[]\n');
});

it('reports a folder that cannot be written to', async () => {
  await expect(ResultCache.open(join(path, 'absent', 'dt.json'), 'model')).rejects.toThrow(
    /dt\.json\.part: cannot be/,
  );
});
