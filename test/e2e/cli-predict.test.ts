import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ResultEntry } from '../../src/predict/result-entry.ts';
import { openFileSource } from '../../src/weights/file-source.ts';
import { readSafetensors } from '../../src/weights/safetensors/reader.ts';
import { runCli } from '../support/cli-process.ts';
import { importTiny, tinyPath } from '../support/tiny-model.ts';

let models: string;
let mask: string;
let faster: string;
let folder: string;

beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'mask-rcnn-models-'));
  mask = await importTiny('mask-v1', models);
  faster = await importTiny('faster-bottleneck', models);
});
afterAll(() => rm(models, { recursive: true }));

/** Two pictures that torchvision has looked at (test/oracle/inference_small.py), as PNG. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-predict-'));
  const pictures = await readSafetensors(await openFileSource(tinyPath('pictures.safetensors')));
  for (const name of pictures.keys()) {
    const [height, width] = pictures.shapeOf(name);
    const raw = Uint8Array.from((await pictures.read(name)).data);
    await sharp(raw, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, `${name}.png`));
  }
  await pictures.close();
  return () => rm(folder, { recursive: true });
});

async function pixelsOf(name: string): Promise<Buffer> {
  return sharp(join(folder, `${name}.png`))
    .raw()
    .toBuffer();
}

async function golden(name: string, key: string): Promise<number[]> {
  const file = await readSafetensors(await openFileSource(tinyPath(name)));
  const { data } = await file.read(key);
  await file.close();
  return [...data];
}

const predict = (...args: string[]) => runCli(['predict', ...args], { cwd: folder });
const entriesOf = (json: string) => JSON.parse(json) as ResultEntry[];

describe('results', () => {
  test('a folder to COCO results on stdout: torchvision’s detections', async () => {
    const { status, stdout } = await predict('.', '--model', mask, '--score', '0.05', '--json', '-');
    expect(status).toBe(0);
    const entries = entriesOf(stdout);
    const names = ['enlarged', 'shrunk'];
    for (const [position, name] of names.entries()) {
      const found = entries.filter(({ image_id }) => image_id === position);
      const stages = `mask-v1.${name}.safetensors`;
      const scores = await golden(stages, 'detections.scores');
      const boxes = await golden(stages, 'result.boxes');
      expect(found).toHaveLength(scores.length);
      found.forEach(({ file_name, score, bbox: [x, y, width, height] }, i) => {
        expect(file_name).toBe(`${name}.png`);
        expect(score).toBeCloseTo(scores[i], 3);
        for (const [j, side] of [x, y, x + width, y + height].entries()) {
          expect(side).toBeCloseTo(boxes[4 * i + j], 1);
        }
      });
    }
    const [first] = entries;
    expect(first.segmentation).toMatchObject({ size: [64, 90], counts: expect.any(String) });
    expect(['ant', 'bee', 'cat', 'dog'][first.category_id - 1]).toBe(first.category_name);
  });

  test('overlays and a line for each picture', async () => {
    const { status, stdout } = await predict(
      '*.png',
      '--model',
      mask,
      '--out',
      'overlays',
      '--score',
      '0.05',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^enlarged\.png: 10 instances \(\d+ \w+.*\)\nshrunk\.png: 10 instances \(.*\)\n$/);
    expect(await readdir(join(folder, 'overlays'))).toEqual(['enlarged.png', 'shrunk.png']);
    const { width, height, format } = await sharp(join(folder, 'overlays', 'enlarged.png')).metadata();
    expect(format).toBe('png');
    expect(width / height).toBeCloseTo(90 / 64);
  });

  test('a model without a mask branch gives boxes, and --score leaves out', async () => {
    const all = await predict('shrunk.png', '--model', faster, '--score', '0.05', '--json', '-');
    const scores = entriesOf(all.stdout).map(({ score }) => score);
    expect(scores.length).toBeGreaterThan(1);
    expect(entriesOf(all.stdout)[0]).not.toHaveProperty('segmentation');
    const middle = (scores[0] + scores[scores.length - 1]) / 2;
    const some = await predict('shrunk.png', '--model', faster, '--score', `${middle}`, '--json', '-');
    expect(entriesOf(some.stdout).map(({ score }) => score)).toEqual(
      scores.filter((score) => score >= middle),
    );
  });

  test('without --model, the model photos predicts, also beside a folder of that name', async () => {
    await mkdir(join(folder, 'photos'));
    const args = ['shrunk.png', '--min-size', '96', '--score', '0.05', '--json', '-'];
    const usual = await predict(...args);
    expect(usual.status, usual.stderr).toBe(0);
    const named = await predict(...args, '--model', 'photos');
    expect(usual.stdout).toBe(named.stdout);
    const other = await predict(...args, '--model', 'nuclei');
    expect(other.stdout).not.toBe(named.stdout);
  });

  test("without --score the model's own threshold holds", async () => {
    const scores = await golden('mask-v1.shrunk.safetensors', 'detections.scores');
    const middle = (scores[0] + scores[scores.length - 1]) / 2;
    await writeFile(join(folder, 'stricter.json'), JSON.stringify({ defaultScore: middle }));
    const stricter = join(folder, 'stricter.safetensors');
    const imported = await runCli(['import', mask, '--config', 'stricter.json', '--out', stricter], {
      cwd: folder,
    });
    expect(imported.status, imported.stderr).toBe(0);
    const { stdout } = await predict('shrunk.png', '--model', stricter, '--json', '-');
    expect(entriesOf(stdout)).toHaveLength(scores.filter((score) => score >= middle).length);
  });

  test('nothing found is an empty array', async () => {
    const { status, stdout } = await predict('shrunk.png', '--model', mask, '--score', '1', '--json', '-');
    expect([status, stdout]).toEqual([0, '[]\n']);
  });

  test('--data gives the ids and leaves other pictures out', async () => {
    const images = [{ id: 70, width: 200, height: 70, file_name: 'shrunk.png' }];
    const categories = ['ant', 'bee', 'cat', 'dog'].map((name, i) => ({ id: 100 + i, name }));
    await writeFile(join(folder, 'data.json'), JSON.stringify({ images, annotations: [], categories }));
    const args = ['--model', mask, '--score', '0.05', '--data', 'data.json', '--json', 'results.json'];
    const { status, stderr, stdout } = await predict('.', ...args);
    expect(status).toBe(0);
    expect(stderr).toContain('1 picture not in data.json, left out\n');
    expect(stdout).toMatch(/^shrunk\.png: 10 instances [^\n]+\n$/);
    const entries = entriesOf(await readFile(join(folder, 'results.json'), 'utf8'));
    expect(entries).toHaveLength(10);
    for (const { image_id, category_id, category_name } of entries) {
      expect([image_id, categories[category_id - 100].name]).toEqual([70, category_name]);
    }
    const none = await predict('enlarged.png', ...args);
    expect([none.status, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toBe('mask-rcnn: data.json: does not list the 1 picture given\n');
  });
});

test('a killed run is continued: every picture has one line, and its other files', async () => {
  const copy = await readFile(join(folder, 'shrunk.png'));
  const names = Array.from({ length: 30 }, (_, i) => `many-${i}.png`);
  for (const name of names) await writeFile(join(folder, name), copy);
  const args = [
    'many-*.png',
    '--model',
    mask,
    '--score',
    '0.05',
    '--ndjson',
    'run.ndjson',
    '--labels',
    'labels',
  ];
  const linesOf = async () => (await readFile(join(folder, 'run.ndjson'), 'utf8')).split('\n').length - 1;
  const killed = await runCli(['predict', ...args], {
    cwd: folder,
    onStart: (child) => child.stdout?.once('data', () => child.kill('SIGKILL')),
  });
  expect(killed.status).toBeNull();
  const before = await linesOf();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(30);
  const { status, stderr } = await predict(...args, '--resume');
  expect(status, stderr).toBe(0);
  expect(stderr).toContain(`run.ndjson: ${before} picture`);
  const lines = (await readFile(join(folder, 'run.ndjson'), 'utf8')).trimEnd().split('\n');
  const done = lines.map((line) => (JSON.parse(line) as { file_name: string }).file_name);
  expect(done.toSorted()).toEqual(names.toSorted());
  expect((await readdir(join(folder, 'labels'))).filter((name) => name.endsWith('.png'))).toHaveLength(30);
});

describe('bad pictures', () => {
  test('are reported and do not stop the others', async () => {
    await writeFile(join(folder, 'a-text.png'), 'this is no picture');
    await writeFile(join(folder, 'b-empty.jpg'), '');
    const { status, stdout, stderr } = await predict(
      '.',
      'missing.jpg',
      '--model',
      mask,
      '--json',
      'results.json',
    );
    expect(status).toBe(1);
    expect(stdout.split('\n').map((line) => line.split(':')[0])).toEqual(['enlarged.png', 'shrunk.png', '']);
    const lines = stderr.split('\n').filter((line) => line.startsWith('mask-rcnn: '));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/a-text\.png: is not a picture/);
    expect(lines[1]).toMatch(/b-empty\.jpg: is an empty file/);
    expect(lines[2]).toMatch(/missing\.jpg: no such file/);
    expect(lines[3]).toBe('mask-rcnn: 3 of 5 pictures failed');
    const ids = new Set(
      entriesOf(await readFile(join(folder, 'results.json'), 'utf8')).map((e) => e.image_id),
    );
    for (const id of ids) expect([2, 3]).toContain(id);
  });

  test('choices at prediction: the limit is announced, subfolders and every page of a stack have their overlays', async () => {
    await mkdir(join(folder, 'sub'));
    const stack = Buffer.concat(await Promise.all(['enlarged', 'enlarged'].map(pixelsOf)));
    const { width, height } = await sharp(join(folder, 'enlarged.png')).metadata();
    await sharp(stack, { raw: { width, height: 2 * height, channels: 3, pageHeight: height } })
      .tiff({ compression: 'none' })
      .toFile(join(folder, 'sub', 'stack.tif'));
    const choices = ['--recursive', '--page', 'all', '--max-det', '2', '--score', '0.05', '--threads', '1'];
    const { status, stdout, stderr } = await predict('.', '--model', mask, ...choices, '--out', 'overlays');
    expect(status, stderr).toBe(0);
    const pages = [1, 2].map((page) => `sub/stack.tif page ${page}`);
    const lines = ['enlarged.png', 'shrunk.png', ...pages].map((name) => `${name}: 2 instances`);
    expect(stdout.split('\n').map((line) => line.replace(/ \(.*/, ''))).toEqual([...lines, '']);
    expect(stderr).toMatch(
      /note: limit of 2 instances reached in 4 pictures, the first enlarged\.png; \d+ instances left out/,
    );
    expect(await readdir(join(folder, 'overlays', 'sub'))).toEqual(['stack-p1.png', 'stack-p2.png']);
    expect(await sharp(join(folder, 'overlays', 'enlarged.png')).metadata()).toMatchObject({ width, height });
  });

  test('extreme shapes are pictures as well', async () => {
    const grey = { r: 90, g: 90, b: 90 };
    for (const [width, height] of [
      [1, 1],
      [12_000, 40],
    ]) {
      const path = join(folder, `${width}x${height}.png`);
      await sharp({ create: { width, height, channels: 3, background: grey } })
        .png()
        .toFile(path);
      const { status, stdout } = await predict(path, '--model', mask, '--out', 'overlays', '--score', '0.05');
      expect(status).toBe(0);
      expect(stdout).toMatch(/: \d+ instances?( \(.*\))?\n$/);
    }
  });
});

describe('wrong usage and failures: one line, nothing written', () => {
  const cases: [string, () => string[], number, RegExp][] = [
    ['a score above 1', () => ['.', '--model', mask, '--score', '2'], 2, /Expected a number from 0 to 1/],
    [
      'a score that is no number',
      () => ['.', '--model', mask, '--score', 'high'],
      2,
      /Expected a number from 0 to 1/,
    ],
    [
      'a model that is not there',
      () => ['.', '--model', 'none.safetensors'],
      1,
      /none\.safetensors: no such file/,
    ],
    [
      'weights not imported',
      () => ['.', '--model', tinyPath('mask-v1.pth')],
      1,
      /mask-v1\.pth: .*mask-rcnn import/,
    ],
    [
      'an unknown class',
      () => ['.', '--model', mask, '--classes', 'persn'],
      2,
      /--classes persn: the model has no class persn/,
    ],
    ['a folder without pictures', () => ['empty', '--model', mask], 1, /empty: contains no pictures/],
    ['a pattern without files', () => ['*.bmp', '--model', mask], 1, /\*\.bmp: no file matches/],
    ['overlays over their pictures', () => ['.', '--model', mask, '--out', '.'], 2, /would replace/],
    [
      'an output folder that is a file',
      () => ['.', '--model', mask, '--out', 'shrunk.png'],
      1,
      /shrunk\.png: is a file, not a folder/,
    ],
    [
      'results into no folder',
      () => ['.', '--model', mask, '--json', 'no/r.json'],
      1,
      /no\/r\.json: cannot be written/,
    ],
    ['a data set that is none', () => ['.', '--model', mask, '--data', 'shrunk.png'], 1, /shrunk\.png: /],
  ];
  test.each(cases)('%s', async (_name, args, expected, message) => {
    await mkdir(join(folder, 'empty'));
    const before = await readdir(folder, { recursive: true });
    const { status, stdout, stderr } = await predict(...args());
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^mask-rcnn: [^\n]+\n$/);
    expect([status, stdout]).toEqual([expected, '']);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});

test('Ctrl-C removes partial files and exits with 130', async () => {
  const copy = await readFile(join(folder, 'shrunk.png'));
  for (let i = 0; i < 300; i++) await writeFile(join(folder, `many-${i}.png`), copy);
  const { status, stderr } = await runCli(['predict', '.', '--model', mask, '--json', 'results.json'], {
    cwd: folder,
    onStart: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
  });
  expect(stderr.split('\n').at(-2)).toBe('mask-rcnn: interrupted');
  expect(status).toBe(130);
  expect((await readdir(folder)).filter((name) => !name.endsWith('.png'))).toEqual([]);
});

test('a reader that closes the pipe ends a long run quietly', async () => {
  for (let i = 0; i < 30; i++)
    await writeFile(join(folder, `many-${i}.png`), await readFile(join(folder, 'shrunk.png')));
  const { status, stderr } = await runCli(['predict', '.', '--model', mask], {
    cwd: folder,
    onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
  });
  expect(status).toBe(0);
  expect(stderr).not.toMatch(/EPIPE|error/);
});

describe('parts for a scheduler', () => {
  test('are merged to what one run writes; a picture that cannot be read is named', async () => {
    await writeFile(join(folder, 'broken.png'), 'not a picture');
    const run = (...args: string[]) => predict('.', '--model', mask, '--score', '0.05', ...args);
    const whole = await run('--json', 'whole.json');
    const first = await run('--shard', '1/2', '--ndjson', '1.ndjson');
    expect([whole.status, first.status]).toEqual([1, 1]);
    const collect = (...args: string[]) => runCli(['collect', ...args], { cwd: folder });
    const early = await collect('1.ndjson', '--json', '-');
    expect(early.stderr).toContain('1.ndjson: 2 of 3 pictures are missing, the first at position 1');
    const second = await run('--shard', '2/2', '--ndjson', '2.ndjson');
    expect(second.status).toBe(0);
    const merged = await collect('2.ndjson', '1.ndjson', '--json', 'merged.json', '--ndjson', '-');
    expect(merged.status).toBe(1);
    const failures = whole.stderr.split('\n').filter((line) => line.startsWith('mask-rcnn: '));
    expect(merged.stderr.trimEnd().split('\n')).toEqual(failures);
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    expect(await read('merged.json')).toBe(await read('whole.json'));
    const records = merged.stdout.trimEnd().split('\n');
    expect(records.map((line) => JSON.parse(line))).toMatchObject([
      {
        file_name: 'broken.png',
        image_id: 0,
        error: expect.stringContaining('broken.png: is not a picture'),
      },
      { file_name: 'enlarged.png', image_id: 1, width: expect.any(Number) },
      { file_name: 'shrunk.png', image_id: 2, width: expect.any(Number) },
    ]);
    await copyFile(join(folder, 'enlarged.png'), join(folder, 'broken.png'));
    expect(await run('--shard', '1/2', '--ndjson', '1.ndjson', '--resume')).toMatchObject({ status: 0 });
    const repaired = await collect('1.ndjson', '2.ndjson', '--ndjson', '-');
    expect(repaired.stderr).toBe('');
    const all = repaired.stdout.trimEnd().split('\n');
    expect(all.map((line) => JSON.parse(line))).toMatchObject(
      ['broken.png', 'enlarged.png', 'shrunk.png'].map((name, i) => ({
        ...{ file_name: name, image_id: i, width: expect.any(Number) },
      })),
    );
    const again = await run('--shard', '2/3', '--ndjson', '2.ndjson', '--resume');
    expect(again.stderr).toContain('2.ndjson: was made for other pictures or with another --shard');
    const { list, options } = JSON.parse((await read('2.ndjson')).split('\n')[0]);
    expect({ list, options }).toEqual({
      list: expect.stringMatching(/^[\da-f]{16}$/),
      options: { score: 0.05 },
    });
    await run('--shard', '2/2', '--ndjson', '2.ndjson', '--score', '0.9', '--tile', 'auto', '--tile-whole');
    expect(await collect('1.ndjson', '2.ndjson', '--json', 'mixed.json')).toMatchObject({
      status: 1,
      stderr:
        'mask-rcnn: 2.ndjson: was made with --score 0.9, 1.ndjson with --score 0.05; predict one of them again with the options of the other\n',
    });
    expect(await readdir(folder)).not.toContain('mixed.json');
    const wrong = await run('--shard', '3/2', '--ndjson', '2.ndjson');
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--shard 3/2: expected a part'),
    });
  });
});
