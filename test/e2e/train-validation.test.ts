import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import type { CocoAnnotation, CocoDataset } from '../../src/data/coco/types.ts';
import { compressRle } from '../../src/ops/rle/compressed.ts';
import { train } from '../../src/run/train.ts';
import { runCli } from '../support/cli-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-validation-'));
afterAll(() => rmSync(folder, { recursive: true }));

const side = 160;

/** Writes drawn pictures whose annotations have masks alone, neither `bbox` nor `area`. */
function writeWithoutBoxes(name: string, seeds: readonly number[], category: string): string {
  const annotations: CocoAnnotation[] = [];
  const images = seeds.map((seed, i) => {
    const { picture, nuclei } = drawNuclei({ seed, width: side, height: side });
    const file_name = `${seed}.png`;
    writeFileSync(join(folder, file_name), encode({ ...picture, channels: 3, depth: 8 }));
    for (const { mask } of nuclei) {
      annotations.push({
        id: annotations.length + 1,
        image_id: i + 1,
        category_id: 4,
        segmentation: { size: mask.size, counts: compressRle(mask) },
      });
    }
    return { id: i + 1, width: side, height: side, file_name };
  });
  const dataset: CocoDataset = { images, annotations, categories: [{ id: 4, name: category }] };
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(dataset));
  return path;
}

/** `AP`, `AP50` and `AP75` of `mask-rcnn eval`. */
async function evaluated(model: string, data: string, type: 'bbox' | 'segm'): Promise<number[]> {
  const args = ['--model', model, '--data', data, '--images', folder, '--type', type, '--json', '-'];
  const { status, stdout, stderr } = await runCli(['eval', ...args, '--dt', join(folder, 'results.json')]);
  expect(status, stderr).toBe(0);
  return (JSON.parse(stdout) as { stats: number[] }).stats.slice(0, 3);
}

describe('validation in training', { timeout: 300_000 }, () => {
  it('takes a share of the data set, also of a merged one with other classes', async () => {
    const cells = writeWithoutBoxes('cells', [21, 22, 23], 'cell');
    const nuclei = writeWithoutBoxes('nuclei', [24, 25, 26], 'nucleus');
    const merged = join(folder, 'merged.json');
    const both = await runCli(['data', 'merge', cells, nuclei, '--out', merged]);
    expect(both.status, both.stderr).toBe(0);
    expect(both.stderr).toContain('those of other sets are unknown in 6 images');
    const config = join(folder, 'split.json');
    const training = { trainableStages: 0, workers: 0, threads: 1 };
    writeFileSync(
      config,
      JSON.stringify({ model: { preprocess: { minSize: side, maxSize: side } }, training }),
    );
    const out = join(folder, 'split-run');
    const args = ['--data', merged, '--images', folder, '--from', 'nuclei', '--steps', '1', '--batch', '1'];
    const command = ['train', ...args, '--config', config, '--val-split', '0.34', '--out', out];
    const { status, stdout, stderr } = await runCli(command);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/best AP [\d.]+ at step 1\n$/);
    const imagesOf = (name: string) =>
      (JSON.parse(readFileSync(join(out, name), 'utf8')) as CocoDataset).images.map(({ id }) => id);
    expect([imagesOf('train.json').length, imagesOf('val.json').length]).toEqual([4, 2]);
    // The parts of a run that exists are not replaced.
    const again = await runCli(command);
    expect(again.stderr).toContain('already contains a run; resume it or choose another folder');
  });

  it('takes annotations without bbox and equals eval to the digit', async () => {
    const out = join(folder, 'run');
    // Validated categories are matched ignoring case, as eval matches them.
    const validation = writeWithoutBoxes('validation', [11, 12, 13], 'Nucleus');
    const run = {
      train: { data: writeWithoutBoxes('train', [1, 2], 'nucleus'), images: folder },
      validation: { data: validation, images: folder },
      from: 'nuclei',
      model: { preprocess: { minSize: side, maxSize: side } },
      training: { steps: 2, validateEvery: 1, trainableStages: 0, workers: 0, threads: 1 },
    };
    const outcome = await train({ out, run });
    const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const validations = lines.map((line) => JSON.parse(line)).filter((line) => 'validation/box AP' in line);
    expect(validations).toHaveLength(2);
    const best = validations.find(({ step }) => step === (outcome.best?.step ?? 0) - 1);
    const metrics = (kind: string) =>
      ['AP', 'AP50', 'AP75'].map((name) => best[`validation/${kind} ${name}`]);
    expect(metrics('mask')[1]).toBeGreaterThan(0.5);
    expect(outcome.best).toMatchObject({ value: metrics('mask')[0], measure: 'AP' });

    const model = join(out, 'best.safetensors');
    expect(await evaluated(model, validation, 'segm')).toEqual(metrics('mask'));
    expect(await evaluated(model, validation, 'bbox')).toEqual(metrics('box'));
  });
});
