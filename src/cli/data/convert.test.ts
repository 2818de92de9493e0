import { existsSync } from 'node:fs';
import { encode } from 'fast-png';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { checkDataset } from '../../data/check/check-dataset.ts';
import { readCocoDataset } from '../../data/coco/coco.ts';
import { exitCodeOf } from '../terminal/failure.ts';
import { convertCommand } from './convert.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const shape = {
  label: 'dog',
  shape_type: 'polygon',
  points: [
    [1, 1],
    [9, 1],
    [9, 9],
  ],
};
const line = { ...shape, shape_type: 'line', points: shape.points.slice(0, 2) };

beforeAll(async () => {
  await folder.picture('in/a.jpg', 30, 20);
  folder.write('in/a.json', { imagePath: 'a.jpg', imageWidth: 30, imageHeight: 20, shapes: [shape, line] });
  folder.write('labels/a.png', encode({ width: 2, height: 1, channels: 1, data: Uint8Array.of(1, 2) }));
});

const run = (...args: string[]) => runCommand(convertCommand(), args);

describe('convert', () => {
  test('writes a data set without problems and reports what was left out', async () => {
    const out = folder.at('out.json');
    const { stdout, error } = await run(folder.at('in'), '--from', 'labelme', '--out', out);
    expect(error).toBeUndefined();
    expect(stdout).toBe(
      `left out: 1 line shape, which has no area\n${out}: 1 image, 1 annotation, 1 category\n`,
    );
    const dataset = await readCocoDataset(out);
    expect(dataset.annotations[0].segmentation).toEqual([Float64Array.of(1, 1, 9, 1, 9, 9)]);
    expect(await checkDataset(dataset, { imagesDir: folder.at('in') })).toEqual([]);
    const named = await run(
      folder.at('in'),
      '--from',
      'labelme',
      '--to',
      'coco',
      '--out',
      folder.at('coco.json'),
    );
    expect(named.error).toBeUndefined();
  });

  test('names the data set and the record that do not fit', async () => {
    const path = folder.write('unknown.json', {
      images: [{ id: 1, file_name: 'a.jpg', width: 30, height: 20 }],
      annotations: [{ id: 5, image_id: 1, category_id: 9, bbox: [1, 1, 5, 5] }],
      categories: [{ id: 1, name: 'dog' }],
    });
    const { error } = await run(path, '--to', 'labelme', '--out', folder.at('unknown'));
    expect(error).toMatchObject({ message: `${path}: annotation 5: there is no category 9` });
  });

  test('counts the annotations that were written', async () => {
    const box = { image_id: 1, category_id: 1, bbox: [1, 1, 5, 5] };
    const path = folder.write('crowd.json', {
      images: [{ id: 1, file_name: 'a.jpg', width: 30, height: 20 }],
      annotations: [box, { ...box, iscrowd: 1 }, { ...box, bbox: [1, 1, 0, 5] }].map((one, id) => ({
        id,
        ...one,
      })),
      categories: [{ id: 1, name: 'dog' }],
    });
    const out = folder.at('crowd');
    expect((await run(path, '--to', 'via', '--out', out)).stdout).toBe(
      `left out: 1 crowd\nleft out: 1 annotation without a mask or a box\n${out}: 1 image, 1 annotation, 1 category\n`,
    );
  });

  test('says that a format has no pages', async () => {
    const path = folder.write('page.json', {
      images: [{ id: 1, file_name: 'a.tif', page: 2, width: 30, height: 20 }],
      annotations: [{ id: 5, image_id: 1, category_id: 1, bbox: [1, 1, 5, 5] }],
      categories: [{ id: 1, name: 'dog' }],
    });
    const { error, stderr } = await run(path, '--to', 'cvat', '--out', folder.at('page'));
    expect(error).toBeUndefined();
    expect(stderr).toContain('note: cvat has no pages or channels; those of 1 image are left out\n');
  });

  test.each(['labelme', 'via', 'cvat', 'label-studio'])(
    '--to %s: pictures that are missing',
    async (format) => {
      const path = folder.write('missing.json', {
        images: ['a.jpg', 'x/b.jpg'].map((file_name, id) => ({ id, file_name, width: 30, height: 20 })),
        annotations: [{ id: 5, image_id: 1, category_id: 1, bbox: [1, 1, 5, 5] }],
        categories: [{ id: 1, name: 'dog' }],
      });
      const args = [path, '--to', format, '--out', folder.at(`missing-${format}`)];
      const { error, stderr } = await run(...args, '--images', folder.at('in'));
      expect(error).toBeUndefined();
      const line = `1 of 2 pictures not found, such as ${folder.at('in/x/b.jpg')}; --images names their folder\n`;
      expect(stderr).toContain(`note: ${line}`);
      const without = (await run(...args)).stderr;
      const beside = `note: 2 of 2 pictures not found, such as ${folder.at('missing-labelme/a.jpg')};`;
      if (format === 'labelme') expect(without).toContain(beside);
      else expect(without).not.toContain('not found');
    },
  );

  test('--json, --category', async () => {
    const out = folder.at('labels.json');
    const { stdout } = await run(
      folder.at('labels'),
      '--from',
      'instance-png',
      '--out',
      out,
      '--category',
      'cell',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({ out, images: 1, annotations: 2, categories: 1, skipped: {} });
    expect((await readCocoDataset(out)).categories).toEqual([{ id: 1, name: 'cell' }]);
  });

  test('a failure leaves no file', async () => {
    const out = folder.at('none.json');
    const { stdout, error } = await run(folder.at('labels'), '--from', 'labelme', '--out', out);
    expect([stdout, existsSync(out), exitCodeOf(error)]).toEqual(['', false, 1]);
    expect(String(error)).toMatch(/labels: expected labelme JSON files, got none/);
  });

  test('an unknown format, a missing option: wrong usage', async () => {
    const unknown = await run('x', '--from', 'coco', '--out', 'y');
    expect(exitCodeOf(unknown.error)).toBe(2);
    expect(String(unknown.error)).toContain('--from: expected one of labelme, via, voc');
    const target = await run('x', '--to', 'excel', '--out', 'y');
    expect(exitCodeOf(target.error)).toBe(2);
    expect(String(target.error)).toContain('--to: expected one of coco, labelme, yolo');
    expect(exitCodeOf((await run('x', '--from', 'voc')).error)).toBe(2);
  });
});

test.each([
  [
    ['--from', 'labelme', '--split', 'val'],
    '--split has no effect on labelme: leave it out, or use --from yolo',
  ],
  [
    ['--from', 'yolo', '--category', 'foo'],
    '--category has no effect on yolo: leave it out, or use --from via',
  ],
  [['--from', 'yolo', '--label', 'bar'], '--label has no effect on yolo: leave it out, or use --from via'],
  [['--to', 'cvat', '--label', 'bar'], '--label has no effect on COCO'],
  [['--from', 'labelme', '--score', '0.5'], '--score has no effect with --from'],
  [['--from', 'labelme', '--tolerance', '1'], '--tolerance has no effect without --to'],
])('%j is refused: an option without effect', async (options, message) => {
  const { error } = await run(folder.at('in'), '--out', folder.at('useless'), ...options);
  expect(String(error)).toContain(message);
  expect(exitCodeOf(error)).toBe(2);
  expect(existsSync(folder.at('useless'))).toBe(false);
});
