import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { mixedShapes } from '../../ablation/picture-recipes.ts';
import { outcomesOf, runStudy } from '../../ablation/run-study.ts';
import type { Study } from '../../ablation/study.ts';
import { writeReport } from '../../ablation/write-report.ts';
import { TestFolder } from '../support/folder.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

/** A real study, but of seconds: it trains and measures as the others do. */
const study: Study = {
  name: 'tiny',
  question: 'Does the machinery work?',
  source: 'Table 2b',
  pictures: {
    ...mixedShapes,
    name: 'tiny-shapes',
    side: 64,
    objects: [2, 3],
    extents: [16, 32],
    pictures: { train: 4, validation: 2 },
  },
  run: {
    architecture: 'maskrcnn_resnet18_fpn',
    model: {
      preprocess: { minSize: 64, maxSize: 64 },
      backbone: { width: 4 },
      fpn: { channels: 8 },
      rpn: {
        anchors: { sizes: [[12], [24], [32], [48], [64]] },
        postNmsTopN: 10,
        training: { batchSizePerImage: 16, postNmsTopN: 16 },
      },
      box: { head: { fullyConnected: [16] }, scoreThreshold: 0, training: { batchSizePerImage: 8 } },
      mask: { convolutions: [8], deconvolution: 8 },
    },
    training: { steps: 4, batchSize: 2, accumulate: 1, workers: 0, threads: 1, schedule: { warmUpSteps: 0 } },
  },
  measures: ['mask', 'box'],
  variants: [
    {
      name: 'softmax',
      change: { model: { mask: { output: 'softmax' } } },
      paper: { label: 'softmax', figures: { mask: { AP: 24.8, AP50: 44.1, AP75: 25.1 } } },
    },
    {
      name: 'sigmoid',
      change: {},
      paper: { label: 'sigmoid', figures: { mask: { AP: 30.3, AP50: 51.2, AP75: 31.5 } } },
    },
  ],
  expected: [['sigmoid', 'softmax']],
};

const options = { out: folder.at('studies'), seeds: [3] };
const bytes = (out: string, variant: string) =>
  readFileSync(join(out, 'tiny', variant, 'seed-3', 'last.safetensors'));
const finished = (outcomes: Awaited<ReturnType<typeof runStudy>>) =>
  outcomes.map(({ figures }) => figures !== null);

it('resumes where it was stopped, repeats nothing, and ends as if uninterrupted', {
  timeout: 240_000,
}, async () => {
  const whole = await runStudy(study, { ...options, out: folder.at('whole') });
  expect(finished(whole)).toEqual([true, true]);
  for (const { figures } of whole) {
    expect(Object.keys(figures ?? {})).toEqual(['box', 'mask']);
    for (const { AP, AP50, AP75 } of Object.values(figures ?? {})) {
      expect(Math.min(AP, AP50, AP75)).toBeGreaterThanOrEqual(0);
      expect(AP50).toBeGreaterThanOrEqual(AP75);
    }
  }

  // Four steps and two validated pictures of the first run, and two steps of the second.
  let left = 8;
  const stopped = await runStudy(study, { ...options, shouldStop: () => --left === 0 });
  expect(finished(stopped)).toEqual([true, false]);
  const table = await writeReport(study, stopped, options);
  expect(table).toContain('**Not finished:** sigmoid (all).');
  expect(table).toContain('4 steps of 2 pictures');

  await expect(runStudy(study, options)).rejects.toThrow(/already contains runs; add --resume/);
  await expect(runStudy(study, { ...options, resume: true, steps: 5 })).rejects.toThrow(
    /softmax.seed-3.config\.json: belongs to a run with other options/,
  );

  let called = 0;
  const resumed = await runStudy(study, {
    ...options,
    resume: true,
    shouldStop: () => {
      called++;
      return false;
    },
  });
  // Two steps and two validated pictures.
  expect(called).toBe(4);
  expect(resumed.map(({ figures }) => figures)).toEqual(whole.map(({ figures }) => figures));
  for (const variant of ['softmax', 'sigmoid']) {
    expect(bytes(options.out, variant).equals(bytes(folder.at('whole'), variant)), variant).toBe(true);
  }

  await writeReport(study, await outcomesOf(study, options), options);
  const text = readFileSync(join(options.out, 'tiny', 'table.md'), 'utf8');
  expect(text).not.toContain('Not finished');
  expect(text).toMatch(/^\| sigmoid \|( \d+\.\d \|){6} 1 \| sigmoid \| 30\.3 \| 51\.2 \| 31\.5 \|$/m);
  const json = JSON.parse(readFileSync(join(options.out, 'tiny', 'table.json'), 'utf8'));
  expect(json).toMatchObject({ study: 'tiny', steps: [4], seeds: [3] });
  expect(json.rows[1].figures.mask.AP.values).toEqual([resumed[1].figures?.mask?.AP]);
});
