import { mkdirSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { resultLine } from '../predict/result-line.ts';
import type { Chunk } from './chunk.ts';
import { processChunk } from './chunk-processor.ts';
import type { ChunkOutcome } from './chunk-results.ts';
import type { ChunkAnswer, ChunkTask } from './predict-chunk.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
mkdirSync(folder.at('root'));

let tasks: ChunkTask[];
let outcomes: ChunkOutcome[];
let notes: string[];
beforeEach(() => {
  [tasks, outcomes, notes] = [[], [], []];
});

const chunk: Chunk = {
  version: 1,
  run: '0123456789abcdef',
  model: { name: 'm', sha256: '0'.repeat(64) },
  choices: {},
  plane: {},
  out: 'out',
  start: 32,
  pictures: ['a.png', 'b.png', 'c.png', 'd.png'],
};

/** @param errorOf What the model says of a picture. */
async function process(given: Partial<Chunk>, errorOf: (name: string) => string | null, losses = 0) {
  const run = async (task: ChunkTask): Promise<{ answer: ChunkAnswer }> => {
    tasks.push(task);
    if (task.pictures.some(({ name }) => errorOf(name) === 'crash'))
      return { answer: { problem: 'crashed' } };
    const failed = task.pictures.filter(({ name }) => errorOf(name) !== null);
    const lines = task.pictures.map(({ name, position }) => {
      const error = errorOf(name);
      const outcome = error === null ? { width: 1, height: 1, instances: [] } : { error };
      return resultLine({ file_name: name, image_id: position, model: 'm' }, outcome);
    });
    return { answer: { lines, failed: failed.map(({ position }) => position) } };
  };
  await processChunk(
    { id: 'job', data: { ...chunk, ...given }, losses },
    {
      permissions: { root: folder.at('root'), httpHosts: ['pictures.example'], buckets: [] },
      models: {
        find: async () => ({ file: 'm', sha256: '' }),
        pool: async () => ({ run }) as never,
      },
      states: { isCancelled: async () => false, done: async (_, outcome) => void outcomes.push(outcome) },
      name: 'w',
      maxPixels: undefined,
      maxSide: 4096,
      add: async () => {},
      onNote: (line) => notes.push(line),
    },
  );
}

async function records(out: string) {
  const text = await readFile(folder.at(`root/${out}/chunks/00000000/000000000032-4.ndjson`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { file_name: string; image_id: number; error?: string });
}

const names = () => tasks.map(({ pictures }) => pictures.map(({ name }) => name).join(' '));

test('pictures that have an error are tried again, and no others', async () => {
  await process({}, (name) => (/[bd]/.test(name) ? 'damaged' : null));
  await process({}, (name) => (name === 'd.png' ? 'still damaged' : null));
  expect(names()).toEqual(['a.png b.png c.png d.png', 'b.png d.png']);
  expect(outcomes.map(({ failed }) => failed)).toEqual([[33, 35], [35]]);
  const found = await records('out');
  expect(found.map(({ image_id }) => image_id)).toEqual([32, 33, 34, 35]);
  expect(found.map(({ error }) => error)).toEqual([undefined, undefined, undefined, 'still damaged']);
  await process({}, () => null);
  await process({}, () => null);
  expect(names().slice(2)).toEqual(['d.png']);
  expect(outcomes.at(-1)?.failed).toEqual([]);
});

test('one that then crashes the model keeps its error, and the others get their records', async () => {
  const out = 'crashing';
  await process({ out }, (name) => (/[bd]/.test(name) ? 'damaged' : null));
  await process({ out }, (name) => (name === 'b.png' ? 'crash' : null));
  expect((await records(out)).map(({ error }) => error)).toEqual([
    undefined,
    'damaged',
    undefined,
    undefined,
  ]);
  expect(outcomes.at(-1)?.failed).toEqual([33]);
  // Workers that died are not risked again.
  await process({ out }, () => null, 2);
  expect(tasks).toHaveLength(4);
  expect(outcomes.at(-1)?.failed).toEqual([33]);
});

test('a picture that may not be used has the reason, and the others of its chunk are predicted', async () => {
  symlinkSync(folder.path, folder.at('root/link'));
  symlinkSync('loop.png', folder.at('root/loop.png'));
  const pictures = ['a.png', 'link/secret.png', 'http://other.example/a.png', 'loop.png'];
  await process({ out: 'refused', pictures }, () => null);
  expect(tasks[0].pictures.map(({ place }) => place)).toEqual([
    { kind: 'file', path: folder.at('root/a.png') },
    { kind: 'refused', reason: "link/secret.png: is refused: it lies outside this worker's --root" },
    {
      kind: 'refused',
      reason:
        'http://other.example/a.png: is refused: this worker was started without --allow-http for the host',
    },
    { kind: 'refused', reason: expect.stringMatching(/^loop\.png: cannot be read \(ELOOP/) },
  ]);
});
