import { afterAll, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { blockSize, sameList } from './picture-list.ts';
import { folderStore } from './result-store.ts';
import { readRunFile, writeRunFile } from './run-file.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const changed = 'has the results of other pictures, so their list has changed; choose another --out';

test('a long list may grow at its end, also after an interruption, and change nowhere else', async () => {
  const store = folderStore(folder.at('out'));
  const model = { name: 'm', sha256: '0'.repeat(64) };
  await writeRunFile(store, { run: '0', model, choices: {}, plane: {}, out: 'out', pictures: null });
  const count = async (pictures: AsyncIterable<string>, until = Number.POSITIVE_INFINITY) => {
    let found = 0;
    for await (const _ of sameList(store, (await readRunFile(store))!, pictures))
      if (++found === until) break;
    return found;
  };
  const pictures = async () => (await readRunFile(store))?.pictures;
  // Interrupted in the second block.
  await count(names(blockSize + 5), blockSize + 1);
  expect(await pictures()).toBe(null);
  await expect(count(names(blockSize))).rejects.toThrow(changed);
  await expect(count(names(blockSize + 9, blockSize + 2))).rejects.toThrow(changed);
  expect(await count(names(blockSize + 5))).toBe(blockSize + 5);
  expect(await pictures()).toBe(blockSize + 5);
  expect(await count(names(blockSize + 7))).toBe(blockSize + 7);
  expect(await count(names(3 * blockSize))).toBe(3 * blockSize);
  expect(await pictures()).toBe(3 * blockSize);
  for (const other of [names(3 * blockSize, 3), names(3 * blockSize, 2 * blockSize), names(2 * blockSize)])
    await expect(count(other)).rejects.toThrow(changed);
  expect(await pictures()).toBe(3 * blockSize);
});

/** @param changed The position of a picture with another name. */
async function* names(count: number, changed?: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield i === changed ? 'other.png' : `${i}.png`;
}
