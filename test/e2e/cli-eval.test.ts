import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { evalCommand } from '../../src/cli/eval/eval.ts';
import { cliPath } from '../support/built-package.ts';
import { runCommand } from '../support/run-command.ts';
import { omeXml, tiffStack } from '../support/tiff-stack.ts';

const root = new URL('../../', import.meta.url).pathname;
const golden = join(root, 'test/golden/inference');
const size = { width: 120, height: 90 };
let folder = '';
const file = (name: string) => join(folder, name);

function run(...args: string[]) {
  return spawnSync(process.execPath, [cliPath, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eval-'));
  mkdirSync(file('images'));
  const images = [3, 1].map((id) => ({ id, file_name: `${id}.png`, ...size }));
  for (const { id, file_name } of images) {
    const noise = { type: 'gaussian', mean: 90 + 20 * id, sigma: 60 } as const;
    await sharp({ create: { ...size, channels: 3, background: '#000', noise } })
      .png()
      .toFile(join(folder, 'images', file_name));
  }
  const { config } = JSON.parse(readFileSync(join(golden, 'manifest.json'), 'utf8')).models['mask-v1'];
  writeFileSync(file('config.json'), JSON.stringify(config));
  const categories = config.categories as { id: number; name: string }[];
  const annotations = images.map(({ id }) => ({
    id,
    image_id: id,
    category_id: categories[0].id,
    bbox: [10, 10, 60, 50],
    area: 3000,
    segmentation: [[10, 10, 70, 10, 70, 60, 10, 60]],
  }));
  writeFileSync(file('data.json'), JSON.stringify({ images, categories, annotations }));
  const imported = run(
    'import',
    join(golden, 'mask-v1.pth'),
    '--config',
    file('config.json'),
    '--out',
    file('model.safetensors'),
  );
  expect(imported.stderr + imported.stdout, 'import').toContain('model.safetensors');
});
afterAll(() => rmSync(folder, { recursive: true }));

const evaluate = (...more: string[]) =>
  run(
    'eval',
    '--model',
    file('model.safetensors'),
    '--data',
    file('data.json'),
    '--images',
    file('images'),
    ...more,
  );

describe('mask-rcnn eval', () => {
  it('predicts, keeps the results, and scores them as coco-eval does', () => {
    const first = evaluate('--dt', file('dt.json'), '--json', '-');
    expect(first.status, first.stderr).toBe(0);
    expect(existsSync(file('dt.json.part'))).toBe(false);
    const results = JSON.parse(readFileSync(file('dt.json'), 'utf8')) as { image_id: number }[];
    expect(new Set(results.map((result) => result.image_id))).toEqual(new Set([1, 3]));
    const scored = run('coco-eval', '--gt', file('data.json'), '--dt', file('dt.json'), '--json', '-');
    expect(first.stdout).toBe(scored.stdout);
    const again = evaluate('--dt', file('dt.json'), '--json', '-');
    expect(again.stderr).toContain('scoring the results in');
    expect(again.stdout).toBe(first.stdout);
    const without = evaluate('--model', file('absent.safetensors'), '--dt', file('dt.json'), '--json', '-');
    expect(without.stdout, without.stderr).toBe(first.stdout);
  });

  it("counts nuclei down to the model's own threshold unless --score is given", () => {
    writeFileSync(file('looser.json'), JSON.stringify({ defaultScore: 0.25 }));
    const model = file('looser.safetensors');
    run('import', file('model.safetensors'), '--config', file('looser.json'), '--out', model);
    const thresholdOf = (...more: string[]) => {
      const { stdout, stderr, status } = evaluate('--metric', 'nuclei', '--json', '-', ...more);
      expect(status, stderr).toBe(0);
      return JSON.parse(stdout).scoreThreshold;
    };
    expect(thresholdOf()).toBe(0.5);
    expect(thresholdOf('--model', model)).toBe(0.25);
    expect(thresholdOf('--model', model, '--score', '0.75')).toBe(0.75);
  });

  it.each([
    ['--tile', 'auto', '--tile applies to instances, but '],
    ['--tile-overlap', '0.3', '--tile-overlap applies to instances, but '],
    ['--queue', 'redis://127.0.0.1:1', '--queue-out: workers predict no FCNs, and '],
  ])('refuses %s for an FCN', async (option, value, message) => {
    const model = join(root, 'test/golden/semantic/fcn.pth');
    const args = ['--model', model, '--data', file('data.json'), '--images', file('images'), option, value];
    if (option === '--queue') args.push('--queue-out', file('scored'));
    const { error } = await runCommand(evalCommand(), args);
    vi.restoreAllMocks();
    expect(String(error)).toContain(message + model);
  });

  it('names the classes with objects that the model lacks', () => {
    const { images, categories, annotations } = JSON.parse(readFileSync(file('data.json'), 'utf8'));
    const more = [24, 25].map((id) => ({ id, name: id === 24 ? 'zebra' : 'giraffe' }));
    const zebra = { ...annotations[0], id: 99, category_id: 24 };
    const data = { images, categories: [...categories, ...more], annotations: [...annotations, zebra] };
    writeFileSync(file('more.json'), JSON.stringify(data));
    const { stderr, status } = evaluate('--data', file('more.json'));
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(
      `note: ${file('model.safetensors')} lacks classes of ${file('more.json')}, whose objects count as missed: zebra\n`,
    );
    expect(evaluate().stderr).not.toContain('lacks classes');
  });

  it.each([
    ['a detector', () => file('model.safetensors'), 'ant, bee, cat, dog'],
    ['an FCN', () => join(root, 'test/golden/semantic/fcn.pth'), 'class_1, class_2, class_3, class_4'],
  ])('says that %s knows none of the categories', async (_, model, known) => {
    const { images } = JSON.parse(readFileSync(file('data.json'), 'utf8'));
    const categories = [{ id: 24, name: 'zebra' }];
    writeFileSync(file('zebras.json'), JSON.stringify({ images, categories, annotations: [] }));
    const args = ['--model', model(), '--data', file('zebras.json'), '--images', file('images')];
    const { stdout, error } = await runCommand(evalCommand(), args);
    vi.restoreAllMocks();
    expect(String(error)).toContain(
      `zebras.json: none of its categories (zebra) is among those of the model: ${known}`,
    );
    expect(stdout).toBe('');
  });

  it('stores the best score threshold in the model, which the next report uses', () => {
    const { annotations } = JSON.parse(readFileSync(file('data.json'), 'utf8'));
    const found = annotations.map((annotation: object, i: number) => ({
      ...annotation,
      score: 0.3 - 0.1 * i,
    }));
    writeFileSync(file('found.json'), JSON.stringify([...found, { ...found[1], score: 0.1 }]));
    const model = file('own.safetensors');
    copyFileSync(file('model.safetensors'), model);
    const { status, stderr } = evaluate('--model', model, '--dt', file('found.json'), '--write-threshold');
    expect(status, stderr).toBe(0);
    // Of the scores 0.3, 0.2 and 0.1 the first two are right: between 0.1 and 0.2.
    expect(stderr).toContain(`${model}: default score threshold 0.5 → 0.15`);
    const report = evaluate(
      ...['--model', model, '--dt', file('found.json'), '--report', file('report.html'), '--json', '-'],
    );
    expect(JSON.parse(report.stdout).errors).toMatchObject({ scoreThreshold: 0.15, current: { f1: 1 } });
    expect(report.stderr).toContain('report.html: 2 pictures');
    const shipped = evaluate('--model', 'nuclei', '--write-threshold');
    expect(shipped.status).toBe(2);
    expect(shipped.stderr).toMatch(
      /^mask-rcnn: --write-threshold changes a model file, but nuclei is not one;/m,
    );
  });

  it('reads the page and channel that are chosen, or that the image record names', async () => {
    const results = async (images: readonly object[], ...more: string[]) => {
      const name = `planes-${more.length}`;
      const { categories, annotations } = JSON.parse(readFileSync(file('data.json'), 'utf8'));
      writeFileSync(file(`${name}.json`), JSON.stringify({ images, categories, annotations }));
      const args = [
        '--model',
        file('model.safetensors'),
        '--data',
        file(`${name}.json`),
        '--images',
        file('planes'),
      ];
      const { error } = await runCommand(evalCommand(), [...args, '--dt', file(`${name}.dt.json`), ...more]);
      vi.restoreAllMocks();
      if (error !== undefined) throw error;
      const found = JSON.parse(readFileSync(file(`${name}.dt.json`), 'utf8')) as {
        image_id: number;
        file_name: string;
      }[];
      return found.map((result) => ({ ...result, file_name: result.file_name.replace(/\..*$/, '') }));
    };
    const noise = (seed: number) =>
      new Uint8Array(size.width * size.height).map((_, i) => Math.imul(i + seed, 2654435761) >>> 24);
    const black = new Uint8Array(size.width * size.height);
    const stack = { ...size, description: omeXml(['DAPI', 'GFP'], 2) };
    mkdirSync(file('planes'));
    writeFileSync(file('planes/3.ome.tif'), tiffStack([black, black, black, noise(3)], stack));
    writeFileSync(file('planes/1.ome.tif'), tiffStack([black, noise(1), black, black], stack));
    for (const id of [1, 3]) {
      const grey = { width: size.width, height: size.height, data: noise(id), channels: 1 };
      writeFileSync(file(`planes/${id}.png`), encode({ ...grey, depth: 8 }));
    }
    const expected = await results([3, 1].map((id) => ({ id, file_name: `${id}.png`, ...size })));
    const planes = [
      { id: 3, file_name: '3.ome.tif', ...size },
      { id: 1, file_name: '1.ome.tif', ...size, page: 1 },
    ];
    const onPages = expected.map((result) => ({ ...result, page: result.image_id === 3 ? 2 : 1 }));
    expect(await results(planes, '--page', '2', '--channel', 'gfp')).toEqual(onPages);
    expect(expected.length).toBeGreaterThan(0);
    await expect(results(planes, '--page', '2')).rejects.toThrow('2 of 2 failed');
  });

  it('names missing pictures before it predicts', () => {
    const { status, stderr } = evaluate('--images', folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mask-rcnn: .*: is missing 2 of 2 pictures: 3\.png, 1\.png$/m);
  });
});
