import { afterAll, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { fileOf, folderOf } from './chunk-results.ts';
import { mergeResults, storedResults } from './merge.ts';
import { folderStore } from './result-store.ts';
import { writeRunFile } from './run-file.ts';
import { listHash, parseShard, shardHeader, shardResults, shardSpan } from './shards.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const model = { name: 'm', sha256: '0'.repeat(64) };

/** @param spans `[start, count]` of the files. */
async function storeWith(name: string, pictures: number | null, spans: [number, number][]) {
  const store = folderStore(folder.at(name));
  await writeRunFile(store, { run: '0123456789abcdef', model, choices: {}, plane: {}, out: 'x', pictures });
  for (const [start, count] of spans) {
    const lines = Array.from({ length: count }, (_, i) => lineOf(start + i));
    await store.write(`${folderOf(start)}/${fileOf({ start, count })}`, lines.join(''));
  }
  return store;
}

function lineOf(position: number): string {
  const record = {
    file_name: `${position}.png`,
    image_id: position,
    model: 'm',
    width: 1,
    height: 1,
    instances: [],
  };
  return `${JSON.stringify(record)}\n`;
}

async function positionsIn(results: Parameters<typeof mergeResults>[0], onGap?: () => void) {
  const found: number[] = [];
  for await (const { record } of mergeResults(results, onGap)) found.push(record.image_id);
  return found;
}

const upTo = (end: number) => Array.from({ length: end }, (_, i) => i);

test('overlapping parts give each picture once, in order, across folders', async () => {
  const spans: [number, number][] = [
    [8, 2],
    [0, 8],
    [0, 4],
    [4, 4],
    [6, 2],
    [10, 3],
  ];
  expect(await positionsIn(await storedResults(await storeWith('a', 13, spans)))).toEqual(upTo(13));
  const far = await storeWith('far', 100_003, [[100_000, 3]]);
  expect(await positionsIn(await storedResults(far), () => {})).toEqual([100_000, 100_001, 100_002]);
});

test('missing pictures are counted, or left out on request', async () => {
  const results = await storedResults(
    await storeWith('b', 20, [
      [0, 4],
      [8, 4],
    ]),
  );
  await expect(positionsIn(results)).rejects.toThrow(
    '12 of 20 pictures are missing, the first at position 4; wait for the workers',
  );
  const gaps: unknown[] = [];
  const again = await storedResults(folderStore(folder.at('b')));
  expect(await positionsIn(again, (...gap: unknown[]) => void gaps.push(gap))).toEqual([
    0, 1, 2, 3, 8, 9, 10, 11,
  ]);
  expect(gaps).toEqual([[12, 4]]);
});

test('a list that is not complete, a cut file and a wrong record are errors', async () => {
  await expect(storedResults(await storeWith('c', null, []))).rejects.toThrow('run the same submit again');
  await expect(storedResults(folderStore(folder.at('none')))).rejects.toThrow('has no run.json');
  const cut = await storeWith('d', 4, []);
  await cut.write(`${folderOf(0)}/${fileOf({ start: 0, count: 4 })}`, lineOf(0) + lineOf(1));
  await expect(positionsIn(await storedResults(cut))).rejects.toThrow(
    'has 2 lines, expected one for each of 4',
  );
  await cut.write(`${folderOf(0)}/${fileOf({ start: 0, count: 4 })}`, lineOf(1));
  await expect(positionsIn(await storedResults(cut))).rejects.toThrow(
    'no record of the picture at position 0',
  );
});

test('shards cover the pictures in consecutive parts, whatever their number', () => {
  for (const pictures of [0, 1, 7, 16, 1000]) {
    for (const of of [1, 3, 16]) {
      let next = 0;
      for (let index = 1; index <= of; index++) {
        const { start, count } = shardSpan({ index, of }, pictures);
        expect(start).toBe(next);
        next += count;
      }
      expect(next).toBe(pictures);
    }
  }
  expect(parseShard('3/16')).toEqual({ index: 3, of: 16 });
  for (const text of ['0/3', '4/3', '3', '1/0', 'a/b'])
    expect(() => parseShard(text)).toThrow('such as 3/16');
});

test('shard files are merged in any order', async () => {
  const files = [3, 1, 2].map((index) => {
    const header = shardHeader({ index, of: 3 }, 7, 'm');
    const lines = Array.from({ length: header.count }, (_, i) => lineOf(header.start + i));
    return folder.write(`shard-${index}.ndjson`, `${JSON.stringify(header)}\n${lines.join('')}`);
  });
  expect(await positionsIn(await shardResults(files))).toEqual(upTo(7));
  await expect(positionsIn(await shardResults(files.slice(1)))).rejects.toThrow(
    '3 of 7 pictures are missing',
  );
  const other = folder.write('other.ndjson', `${JSON.stringify(shardHeader({ index: 1, of: 3 }, 9, 'm'))}\n`);
  await expect(shardResults([...files, other])).rejects.toThrow('is a part of 9 pictures and the model m');
  const plain = folder.write('plain.ndjson', lineOf(0));
  await expect(shardResults([plain])).rejects.toThrow('is not a file of predict --shard');
  await expect(shardResults([folder.at('missing')])).rejects.toThrow('cannot be read');
});

test('shard files of other pictures or options are refused, those without a word of it are not', async () => {
  const names = ['0.png', '1.png', '2.png', '3.png'];
  const part = (name: string, index: number, origin: Parameters<typeof shardHeader>[3]) => {
    const header = shardHeader({ index, of: 2 }, 4, 'm', origin);
    const lines = [0, 1].map((i) => lineOf(header.start + i));
    return folder.write(name, `${JSON.stringify(header)}\n${lines.join('')}`);
  };
  const list = listHash(names.map((path) => ({ path })));
  const first = part('first.ndjson', 1, { list, options: {} });
  const second = part('second.ndjson', 2, { list, options: {} });
  const old = part('old.ndjson', 2, {});
  expect(await positionsIn(await shardResults([first, second]))).toEqual(upTo(4));
  expect(await positionsIn(await shardResults([old, first]))).toEqual(upTo(4));
  const renamed = listHash(['0.png', '1.png', '2.png', 'a.png'].map((path) => ({ path })));
  const other = part('other.ndjson', 2, { list: renamed, options: {} });
  await expect(shardResults([first, other])).rejects.toThrow(
    /other\.ndjson: is a part of other pictures than .*first\.ndjson/,
  );
  expect(listHash([{ path: 'a.tif', page: 2 }])).not.toBe(listHash([{ path: 'a.tif' }]));
  const strict = part('strict.ndjson', 2, { list, options: { score: 0.9, nms: 0.3 } });
  const lax = part('lax.ndjson', 1, { list, options: { score: 0.2, nms: 0.3 } });
  await expect(shardResults([old, first, strict])).rejects.toThrow(
    /strict\.ndjson: was made with --score 0\.9, .*first\.ndjson without --score; predict one/,
  );
  await expect(shardResults([strict, lax])).rejects.toThrow(
    /lax\.ndjson: was made with --score 0\.2, .*strict\.ndjson with --score 0\.9/,
  );
});
