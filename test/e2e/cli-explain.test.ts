import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Explanation } from '../../src/explanation/explanation.ts';
import { openWeights } from '../../src/weights/open-weights.ts';
import { runCli } from '../support/cli-process.ts';
import { importTiny, tinyPath } from '../support/tiny-model.ts';

let folder: string;
let model: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-explain-'));
  model = await importTiny('mask-v1', folder);
  const pictures = await openWeights(tinyPath('pictures.safetensors'));
  const [height, width] = pictures.shapeOf('enlarged');
  const raw = Uint8Array.from((await pictures.read('enlarged')).data);
  await pictures.close();
  await sharp(raw, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(join(folder, 'scene.png'));
});
afterAll(() => rm(folder, { recursive: true }));

const explain = (...args: string[]) => runCli(['explain', ...args], { cwd: folder });
const read = (name: string) => readFile(join(folder, name), 'utf8');

test('writes a report, and the numbers on request', async () => {
  const args = [
    'scene.png',
    '--model',
    model,
    '--score',
    '0.05',
    '--out',
    'report.html',
    '--json',
    'numbers.json',
  ];
  const { status, stdout, stderr } = await explain(...args);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^report\.html: 10 instances, [\d.]+ kB\n$/);
  const { detections, focus } = JSON.parse(await read('numbers.json')) as Explanation;
  expect(detections.instances).toHaveLength(10);
  expect(await read('report.html')).toContain(`object ${(focus?.instance ?? -1) + 1} as the example`);
});

test('explains the requested instance, in Chinese', async () => {
  const options = ['--score', '0.05', '--instance', '3', '--lang', 'zh', '--out', 'zh.html'];
  const source = 'https://host.example/mask-rcnn/blob/v0.1.0';
  const { status } = await explain('scene.png', '--model', model, '--source-url', source, ...options);
  expect(status).toBe(0);
  const html = await read('zh.html');
  expect(html).toContain('第 3 个目标');
  expect(html).toContain(`<a href="${source}/src/ops/roi-align.ts"><code>src/ops/roi-align.ts</code></a>`);
});

test('shows what training would sample if annotations are given', async () => {
  const segmentation = [[10, 10, 50, 10, 50, 40, 10, 40]];
  const annotation = { id: 1, image_id: 7, category_id: 3, bbox: [10, 10, 40, 30], segmentation };
  const data = {
    images: [{ id: 7, file_name: 'scene.png', width: 90, height: 64 }],
    categories: [{ id: 3, name: 'cat' }],
    annotations: [annotation, { ...annotation, id: 2, iscrowd: 1 }],
  };
  await writeFile(join(folder, 'coco.json'), JSON.stringify(data));
  const options = ['--score', '0.05', '--truth', 'coco.json', '--out', 'truth.html'];
  const { status, stderr } = await explain('scene.png', '--model', model, ...options);
  expect(status, stderr).toBe(0);
  expect(await read('truth.html')).toContain('of the proposals and ground-truth boxes (1)');
  await writeFile(join(folder, 'other.json'), JSON.stringify({ ...data, images: [], annotations: [] }));
  const other = ['--truth', 'other.json', '--out', 'other.html'];
  const missing = await explain('scene.png', '--model', model, ...other);
  expect([missing.status, missing.stderr]).toEqual([
    1,
    expect.stringContaining('does not list an image named'),
  ]);
});

test('refuses invalid options, and leaves no report', async () => {
  await writeFile(join(folder, 'broken.png'), 'no picture');
  const common = ['--model', model, '--out', 'none.html'];
  const tooMany = await explain('scene.png', ...common, '--instance', '400');
  expect([tooMany.status, tooMany.stderr]).toEqual([2, expect.stringContaining('there is no instance 400')]);
  const language = await explain('scene.png', ...common, '--lang', 'xx');
  expect([language.status, language.stderr]).toEqual([2, expect.stringContaining('en, zh')]);
  const broken = await explain('broken.png', ...common);
  expect([broken.status, broken.stderr]).toEqual([1, expect.stringContaining('broken.png')]);
  expect(existsSync(join(folder, 'none.html'))).toBe(false);
});
