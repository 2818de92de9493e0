import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { TestFolder } from '../../../test/support/folder.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { tiffStack } from '../../../test/support/tiff-stack.ts';
import { InputError } from '../../core/errors.ts';
import { convertCommand } from './convert.ts';
import { showCommand } from './show.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());
afterEach(() => vi.restoreAllMocks());

const result = { category_id: 1, category_name: 'dog', bbox: [2, 2, 8, 5], score: 0.5 };
const results = [
  { ...result, image_id: 0, file_name: 'in/a.png', score: 0.25 },
  { ...result, image_id: 0, file_name: 'in/a.png', category_id: 2, category_name: 'cat <b>', score: 0.9 },
  { ...result, image_id: 1, file_name: 'in/b.png' },
];
const path = folder.write('results.json', results);
await folder.picture('in/a.png', 30, 20);
await folder.picture('in/b.png', 30, 20);

const show = (...args: string[]) => runCommand(showCommand(), [path, ...args]);

test('a page with the overlays of results, which needs no other file', async () => {
  const out = folder.at('sheet.html');
  const { stdout, error } = await show('--images', folder.at('in'), '--out', out);
  expect([stdout, error]).toEqual([`${out}: 2 pictures\n`, undefined]);
  const html = readFileSync(out, 'utf8');
  const cards = [...html.matchAll(/<article ([^>]*)>/g)].map(([, attributes]) => attributes);
  expect(cards).toEqual([
    'data-name="a.png" data-best="0.9" data-worst="0.25" data-count="2" data-classes="[&quot;cat &lt;b&gt;&quot;,&quot;dog&quot;]"',
    'data-name="b.png" data-best="0.5" data-worst="0.5" data-count="1" data-classes="[&quot;dog&quot;]"',
  ]);
  expect(html.match(/src="data:image\/webp;base64,/g)).toHaveLength(2);
  expect(html).toContain('<option>cat &lt;b&gt;</option>');
  expect(html).not.toMatch(/(src|href)="(?!data:)/);
});

test('--score, and pictures that cannot be read', async () => {
  folder.write('broken/a.png', 'no picture');
  await folder.picture('broken/b.png', 30, 20);
  const data = folder.write('data.json', {
    images: ['a', 'b'].map((name, id) => ({ id, file_name: `${name}.png`, width: 30, height: 20 })),
    annotations: [],
    categories: [
      { id: 1, name: 'dog' },
      { id: 2, name: 'cat' },
    ],
  });
  const out = folder.at('some.html');
  const { stdout, stderr, error } = await show(
    '--images',
    folder.at('broken'),
    '--out',
    out,
    '--data',
    data,
    '--score',
    '0.6',
  );
  expect(stdout).toBe(`${out}: 1 picture\n`);
  expect(String(error)).toContain('1 of 2 failed');
  expect(stderr).toMatch(/mask-rcnn: 1 of 2 pictures failed\n$/);
  expect(readFileSync(out, 'utf8')).toContain('data-name="b.png" data-best="" data-worst="" data-count="0"');
});

test('the chosen page of a stack, or the page that an image names', async () => {
  const size = { width: 30, height: 20 };
  const page = (grey: number) => new Uint8Array(30 * 20).fill(grey);
  folder.write('in/stack.tif', tiffStack([page(0), page(255)], size));
  const images = [
    { ...size, id: 1, file_name: 'stack.tif' },
    { ...size, id: 2, file_name: 'stack.tif', page: 1 },
  ];
  const data = folder.write('stack.json', { images, annotations: [], categories: [{ id: 1, name: 'dog' }] });
  const out = folder.at('stack.html');
  const args = [data, '--images', folder.at('in'), '--page', '2', '--out', out];
  expect((await runCommand(showCommand(), args)).stdout).toBe(`${out}: 2 pictures\n`);
  const html = readFileSync(out, 'utf8');
  expect([...html.matchAll(/data-name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    'stack.tif',
    'stack.tif page 1',
  ]);
  const shown = [...html.matchAll(/src="data:image\/webp;base64,([^"]*)"/g)].map(([, data]) => data);
  const whites = await Promise.all(
    shown.map(async (data) => (await sharp(Buffer.from(data, 'base64')).stats()).channels[0].mean),
  );
  expect(whites).toEqual([255, 0]);
});

test('results name the pages of a stack', async () => {
  const size = { width: 30, height: 20 };
  const page = (grey: number) => new Uint8Array(30 * 20).fill(grey);
  folder.write('in/pages.tif', tiffStack([page(0), page(255)], size));
  const paged = [1, 2].map((page) => ({ ...result, image_id: page - 1, file_name: 'in/pages.tif', page }));
  const input = folder.write('pages.json', paged);
  const out = folder.at('pages.html');
  const args = (file: string) => [file, '--images', folder.at('in'), '--out', out];
  const { stdout, error } = await runCommand(showCommand(), args(input));
  expect([stdout, error]).toEqual([`${out}: 2 pictures\n`, undefined]);
  const names = [...readFileSync(out, 'utf8').matchAll(/data-name="([^"]*)"/g)].map(([, name]) => name);
  expect(names).toEqual(['pages.tif page 1', 'pages.tif page 2']);
  const wrong = folder.write('wrong-page.json', [{ ...paged[0], page: 0 }]);
  expect(String((await runCommand(showCommand(), args(wrong))).error)).toContain(
    `${wrong}: results[0].page: expected a whole number from 1, got 0`,
  );
});

test('results become annotations of another tool', async () => {
  const out = folder.at('labelme');
  const args = [path, '--images', folder.at('in'), '--to', 'labelme', '--out', out, '--score', '0.4'];
  const { stdout, error } = await runCommand(convertCommand(), args);
  expect([stdout, error]).toEqual([`${out}: 2 images, 2 annotations, 2 categories\n`, undefined]);
  const { shapes, imagePath } = JSON.parse(readFileSync(folder.at('labelme/a.json'), 'utf8'));
  expect(imagePath).toBe('../in/a.png');
  expect(shapes).toMatchObject([{ label: 'cat <b>', score: 0.9, shape_type: 'rectangle' }]);
});

test('--score, of a data set that predict --coco wrote', async () => {
  const box = { image_id: 1, category_id: 1, bbox: [2, 2, 8, 5] };
  const scored = (...scores: (number | undefined)[]) => ({
    images: [{ id: 1, file_name: 'a.png', width: 30, height: 20 }],
    annotations: scores.map((score, id) => ({ ...box, id, score })),
    categories: [{ id: 1, name: 'dog' }],
  });
  const input = folder.write('scored.json', scored(0.3, 0.75, undefined));
  const args = ['--images', folder.at('in'), '--score', '0.5', '--out'];
  const labels = [...args, folder.at('scored'), '--to', 'labelme'];
  const { stdout, stderr } = await runCommand(convertCommand(), [input, ...labels]);
  expect(stdout).toContain('1 image, 2 annotations, 1 category\n');
  expect(stderr).toContain('note: --score: 1 of 3 annotations without a score, which are kept\n');
  const { shapes } = JSON.parse(readFileSync(folder.at('scored/a.json'), 'utf8'));
  expect(shapes.map(({ score }: { score?: number }) => score)).toEqual([0.75, undefined]);

  const all = folder.write('all-scored.json', scored(0.3, 0.75));
  const out = folder.at('scored.html');
  expect((await runCommand(showCommand(), [all, ...args, out])).stderr).not.toContain('--score');
  expect(readFileSync(out, 'utf8')).toContain('data-best="0.75" data-worst="0.75" data-count="1"');
});

test('results of pictures in subfolders, some of one name', async () => {
  for (const name of ['deep/x/b.png', 'deep/y/b.png', 'deep/b.png']) await folder.picture(name, 30, 20);
  const named = ['x/b.png', 'y/b.png'].map((name, image_id) => ({
    ...result,
    image_id,
    file_name: `runs/deep/${name}`,
  }));
  const input = folder.write('deep.json', named);
  const out = folder.at('deep.html');
  const args = (images: string) => [input, '--images', folder.at(images), '--out', out];
  expect((await runCommand(showCommand(), args('deep'))).stdout).toBe(`${out}: 2 pictures\n`);
  const names = [...readFileSync(out, 'utf8').matchAll(/data-name="([^"]*)"/g)].map(([, name]) => name);
  expect(names).toEqual(['x/b.png', 'y/b.png']);
  const { error } = await runCommand(showCommand(), args('in'));
  expect(String(error)).toContain(
    `${input}: the pictures runs/deep/x/b.png and runs/deep/y/b.png would both be ${folder.at('in/b.png')}`,
  );
});

test('a result of a category that the data set does not have is refused', async () => {
  const data = folder.write('one.json', {
    images: [0, 1].map((id) => ({ id, file_name: `${id}.png`, width: 30, height: 20 })),
    annotations: [],
    categories: [{ id: 1, name: 'dog' }],
  });
  const { error } = await show('--images', folder.at('in'), '--data', data, '--out', folder.at('one.html'));
  expect(String(error)).toContain(`${path}: the data set has no category 2, of a result in image 0`);
});

test('a mask without a box is drawn', async () => {
  const data = folder.write('unboxed.json', {
    images: [{ id: 1, file_name: 'a.png', width: 30, height: 20 }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [[2, 2, 9, 2, 9, 9]] }],
    categories: [{ id: 1, name: 'dog' }],
  });
  const out = folder.at('unboxed.html');
  await runCommand(showCommand(), [data, '--images', folder.at('in'), '--out', out]);
  expect(readFileSync(out, 'utf8')).toContain('data-count="1"');
});

test('another tool’s folder is not written to itself', async () => {
  folder.write('lm/a.json', { imagePath: 'a.jpg', imageWidth: 30, imageHeight: 20, shapes: [] });
  const args = ['--from', 'labelme', '--to', 'labelme', '--out', folder.at('lm')];
  const { error } = await runCommand(convertCommand(), [folder.at('lm'), ...args]);
  expect(String(error)).toContain(`--out ${folder.at('lm')} is the folder of the input`);
});

test('results without pictures or a data set are refused', async () => {
  const { error } = await runCommand(convertCommand(), [path, '--to', 'cvat', '--out', folder.at('x')]);
  expect(String(error)).toContain(
    `${path}: is a COCO results array; name its data set (--data) or the folder`,
  );
  const neither = await runCommand(convertCommand(), [path, '--out', folder.at('x.json')]);
  expect(String(neither.error)).toContain('--from: expected the format of the input');
});

test.each([
  ['nothing', 'none.json', 'cannot be read (ENOENT'],
  ['a folder', 'in', 'is a folder; expected a COCO data set or COCO results'],
])('%s as input is refused by show and convert', async (_, name, problem) => {
  const images = ['--images', folder.at('in')];
  const given = [folder.at(name), ...images];
  const shown = await runCommand(showCommand(), [...given, '--out', folder.at('none.html')]);
  const converted = await runCommand(convertCommand(), [...given, '--to', 'cvat', '--out', folder.at('x')]);
  for (const { error } of [shown, converted]) {
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(`${name}: ${problem}`);
  }
});
