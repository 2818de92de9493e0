import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { exitCodeOf } from '../terminal/failure.ts';
import { predictCommand } from './predict.ts';

/** A small model that torchvision trained, and one of its pictures: see test/golden/shapes/README.md. */
const golden = (name: string) =>
  fileURLToPath(new URL(`../../../test/golden/shapes/${name}`, import.meta.url));

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

function dataset(...names: string[]): string {
  const images = [{ id: 9, file_name: '90x90.png', width: 90, height: 90 }];
  const categories = names.map((name, i) => ({ id: 40 + i, name }));
  return folder.write(`${names.join('-')}.json`, { images, annotations: [], categories });
}

const predict = (data: string, ...args: string[]) =>
  runCommand(predictCommand(), [
    golden('90x90.png'),
    ...['--model', golden('model.safetensors'), '--score', '0.3', '--data', data, ...args],
  ]);

test('a data set of which the model knows no class is refused', async () => {
  const data = dataset('cat', 'dog, big');
  const out = folder.at('none.json');
  const { error, stdout } = await predict(data, '--json', out);
  expect([exitCodeOf(error), stdout, existsSync(out)]).toEqual([1, '', false]);
  expect(String(error)).toContain(
    `${data}: none of its categories (cat, dog, big) is among those of the model: `,
  );
});

test('it gives the list of pictures to outputs without ids all the same', async () => {
  for (const data of [dataset('cat'), dataset()]) {
    const { error, stdout } = await predict(data, '--csv', '-');
    expect(error).toBeUndefined();
    expect(stdout.split('\n').length).toBeGreaterThan(2);
  }
  const { error } = await predict(dataset(), '--coco', folder.at('none.json'));
  expect(String(error)).toContain('has no categories');
});

test('a model that does not exist leaves no folder behind', async () => {
  const out = folder.at('absent/overlays');
  const { error } = await runCommand(predictCommand(), [
    golden('90x90.png'),
    ...['--model', folder.at('absent.safetensors'), '--out', out],
  ]);
  expect(String(error)).toMatch(/absent\.safetensors: no such file/);
  expect(existsSync(folder.at('absent'))).toBe(false);
});

test('a run goes on only with the ids of its lines', async () => {
  const lines = folder.at('lines.ndjson');
  expect((await predict(dataset('square', 'disc', 'triangle'), '--ndjson', lines)).error).toBeUndefined();
  const { error } = await predict(dataset('triangle', 'disc', 'square'), '--ndjson', lines, '--resume');
  expect(String(error)).toMatch(/lines\.ndjson: has \w+ as category 4\d, another number than this run gives/);
});

test('a run goes on only with the options that it was begun with', async () => {
  const lines = folder.at('options.ndjson');
  const data = dataset('square', 'disc', 'triangle');
  expect((await predict(data, '--ndjson', lines, '--max-det', '5')).error).toBeUndefined();
  const again = await predict(data, '--ndjson', lines, '--max-det', '5', '--resume');
  expect([again.error, again.stderr]).toEqual([undefined, expect.stringContaining('1 picture already done')]);
  const { error } = await predict(data, '--ndjson', lines, '--resume');
  expect(String(error)).toContain(
    'options.ndjson: was made with --max-det 5, not without --max-det; leave out --resume to replace it',
  );
});

test('of a data set that has some of the classes, the others are counted', async () => {
  const data = dataset('square', 'cat');
  const { error, stdout, stderr } = await predict(data, '--json', '-');
  expect(error).toBeUndefined();
  const results = JSON.parse(stdout) as { category_id: number }[];
  expect(new Set(results.map(({ category_id }) => category_id))).toEqual(new Set([40]));
  const all = await predict(data, '--ndjson', '-', '--classes', 'square');
  expect(JSON.parse(all.stdout).instances).toHaveLength(results.length);
  expect(stderr).toMatch(
    /^note: \d+ instances left out of --json, since .*square-cat\.json does not have their classes: \d+ \w+, \d+ \w+$/m,
  );
  expect(all.stderr).not.toContain('left out');
});
