import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/schema.ts';
import { runCli } from '../support/cli-process.ts';
import { importTiny, tinyPath, writeTinyConfig } from '../support/tiny-model.ts';

let folder: string;
let model: string;
const nuclei = fileURLToPath(new URL('../../models/nuclei.safetensors', import.meta.url));
const golden = (name: string) => fileURLToPath(new URL(`../golden/weights/${name}`, import.meta.url));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mask-rcnn-import-'));
  model = await importTiny('mask-v1', folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe('import', () => {
  test('makes a model file that info describes', async () => {
    const { status, stdout } = await runCli(['info', model]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^model +Mask R-CNN$/m);
    expect(stdout).toMatch(/^backbone +resnet18, width 4, frozenBatchNorm/m);
    expect(stdout).toMatch(/^categories +4: 1 ant, 2 bee, 3 cat, 4 dog$/m);
  });

  test('import and info name the architecture alike', async () => {
    const out = join(folder, 'pose.safetensors');
    const { stdout } = await runCli(['import', await importTiny('mask-pose', folder), '--out', out]);
    expect(stdout).toMatch(/: Mask R-CNN with keypoints, resnet18, /);
    expect((await runCli(['info', out])).stdout).toMatch(/^model +Mask R-CNN with keypoints$/m);
  });

  test('--card stores a card that info shows, and refuses one with a misspelt key', async () => {
    const [card, out] = [join(folder, 'card.json'), join(folder, 'carded.safetensors')];
    const both = (en: string) => ({ en, zh: '蚂蚁' });
    const content = {
      description: both('Finds ants in drawings.'),
      trainedOn: both('40 drawings'),
      licence: 'CC0-1.0',
      metrics: [{ measure: 'mask AP', value: 0.412, on: both('12 other drawings') }],
    };
    await writeFile(card, JSON.stringify(content));
    expect((await runCli(['import', model, '--card', card, '--out', out])).status).toBe(0);
    const { stdout } = await runCli(['info', out]);
    expect(stdout).toMatch(/^about +Finds ants in drawings\.$/m);
    expect(stdout).toMatch(/^measured +mask AP 41\.2 on 12 other drawings$/m);
    expect(stdout).toMatch(/^licence +CC0-1\.0$/m);
    const copy = join(folder, 'copy.safetensors');
    expect((await runCli(['import', out, '--out', copy])).status).toBe(0);
    expect((await runCli(['info', copy])).stdout).toMatch(/^about +Finds ants in drawings\.$/m);
    await writeFile(card, JSON.stringify({ ...content, metric: [] }));
    const { status, stderr } = await runCli(['import', model, '--card', card, '--out', out]);
    expect(status).toBe(1);
    expect(stderr).toBe(`mask-rcnn: ${card}: unknown key metric (did you mean metrics?)\n`);
  });

  test('a model with eight bits keeps them, and its card', async () => {
    const config = join(folder, 'small.json');
    await writeFile(config, JSON.stringify({ preprocess: { minSize: 256, maxSize: 512 } }));
    const out = join(folder, 'small.safetensors');
    const { status, stderr } = await runCli(['import', nuclei, '--config', config, '--half', '--out', out]);
    expect(status, stderr).toBe(0);
    expect((await stat(out)).size / (await stat(nuclei)).size).toBeCloseTo(1, 2);
    const rows = (text: string) => text.split('\n').filter((row) => /^(eight bits|licence|about)/.test(row));
    const [before, after] = await Promise.all([nuclei, out].map((file) => runCli(['info', file])));
    expect(rows(before.stdout)).toHaveLength(3);
    expect(rows(after.stdout)).toEqual(rows(before.stdout));
  });

  test('info --json has the configuration and every tensor', async () => {
    const { stdout } = await runCli(['info', model, '--json']);
    const info = JSON.parse(stdout) as { size: number; config: ModelConfig; tensors: { name: string }[] };
    expect(info.size).toBe((await stat(model)).size);
    expect(info.config.rpn.preNmsTopN).toBe(120);
    expect(info.tensors.map(({ name }) => name)).toContain('backbone.body.layer1.0.conv1.weight');
    const { stdout: text } = await runCli(['info', model, '--tensors']);
    expect(text).toMatch(/^backbone\.body\.conv1\.weight +float32 +\[4, 3, 7, 7\]$/m);
  });

  test('--half stores half the bytes', async () => {
    const config = await writeTinyConfig('mask-v1', folder);
    const out = join(folder, 'half.safetensors');
    const { status, stdout } = await runCli([
      'import',
      tinyPath('mask-v1.pth'),
      '--config',
      config,
      '--out',
      out,
      '--half',
      '--json',
    ]);
    expect(status).toBe(0);
    const { path, size } = JSON.parse(stdout) as { path: string; size: number };
    expect(path).toBe(out);
    expect(size).toBe((await stat(out)).size);
    // Names and shapes take the same room in both.
    expect(size).toBeLessThan(0.6 * (await stat(model)).size);
  });
});

/** Runs a command that has to fail: one line, status 1, and nothing new in the folder. */
async function expectFailure(args: string[], message: RegExp, cwd = folder): Promise<void> {
  const before = await readdir(folder);
  const { status, stdout, stderr } = await runCli(args, { cwd });
  expect(stderr).toMatch(message);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^mask-rcnn: [^\n]+\n$/);
  expect(await readdir(folder)).toEqual(before);
}

describe('import refuses in one line and writes nothing', () => {
  const out = ['--out', 'broken.safetensors'];

  test('a missing file', () =>
    expectFailure(['import', 'missing.pth', ...out], /missing\.pth: no such file/));

  test('a pickle that calls os.system, which is not called', async () => {
    await expectFailure(
      ['import', golden('evil-zip.pth'), ...out],
      /evil-zip\.pth: refuses to load os\.system/,
    );
    await expectFailure(
      ['import', golden('evil-legacy.pth'), ...out],
      /evil-legacy\.pth: refuses to load os\.system/,
    );
  });

  test('a truncated file', async () => {
    const cut = join(folder, 'cut.pth');
    await copyFile(tinyPath('mask-v1.pth'), cut);
    await truncate(cut, 100_000);
    await expectFailure(['import', cut, ...out], /cut\.pth: /);
  });

  test('a text file', async () => {
    await writeFile(join(folder, 'text.pth'), 'these are no weights');
    await expectFailure(['import', 'text.pth', ...out], /text\.pth: /);
  });

  test('a misspelt key of the configuration, with the nearest right one', async () => {
    await writeFile(join(folder, 'typo.json'), '{"min_sise": 400}');
    await expectFailure(
      ['import', tinyPath('mask-v1.pth'), '--config', 'typo.json', ...out],
      /typo\.json: .*min_sise.*min_size/,
    );
  });

  test('a missing folder', async () => {
    const config = await writeTinyConfig('mask-v1', folder);
    await expectFailure(
      ['import', tinyPath('mask-v1.pth'), '--config', config, '--out', 'no/such/folder/m.safetensors'],
      /m\.safetensors: cannot be written/,
    );
  });

  test('an architecture that nobody knows is wrong usage', async () => {
    const { status, stderr } = await runCli([
      'import',
      tinyPath('mask-v1.pth'),
      '--arch',
      'maskrcnn_resnet50_fnp',
      ...out,
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/did you mean maskrcnn_resnet50_fpn/);
  });
});

describe('info refuses in one line', () => {
  test('weights without a configuration', () =>
    expectFailure(
      ['info', golden('plain.safetensors')],
      /plain\.safetensors: has no mask-rcnn config; run mask-rcnn import/,
    ));

  test('a truncated model', async () => {
    const cut = join(folder, 'cut.safetensors');
    await copyFile(model, cut);
    await truncate(cut, 50_000);
    await expectFailure(['info', cut], /cut\.safetensors: /);
  });

  test('a folder', () => expectFailure(['info', folder], /is a folder, expected a model file/));
});

const shared = fileURLToPath(new URL('../../../shared/models/', import.meta.url));
const hasShared = existsSync(join(shared, 'nuclei-r18fpn.pth'));

test.skipIf(!hasShared)('a real checkpoint is imported (needs ../shared/models)', async () => {
  const out = join(folder, 'nuclei.safetensors');
  const paths = [join(shared, 'nuclei-r18fpn.pth'), '--config', join(shared, 'nuclei-r18fpn.config.json')];
  const { status, stdout } = await runCli(['import', ...paths, '--out', out]);
  expect([status, stdout]).toEqual([0, `${out}: Mask R-CNN, resnet18, 1 category, 64.8 MB\n`]);
});
