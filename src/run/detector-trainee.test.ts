import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import type { ModelConfig } from '../config/schema.ts';
import { parseRunConfig } from '../config/training.ts';
import { readCocoDataset } from '../data/coco/coco.ts';
import { detectorMaker } from './detector-trainee.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

/** The configuration that `nuclei`, whose thresholds were chosen for nuclei, gets for a data set. */
async function begun(categories: string[], model = {}): Promise<ModelConfig> {
  const listed = categories.map((name, i) => ({ id: i + 1, name }));
  const data = folder.write('data.json', { images: [], annotations: [], categories: listed });
  const run = parseRunConfig('run.json', { train: { data, images: '.' }, model });
  const maker = detectorMaker({ run, source: 'run.json', dataset: await readCocoDataset(data) });
  const nuclei = fileURLToPath(new URL('../../models/nuclei.safetensors', import.meta.url));
  const { trainee, weights } = await maker.open(nuclei);
  await weights.close();
  return trainee.config as ModelConfig;
}

test('a model that keeps its classes keeps their thresholds', async () => {
  const { box, defaultScore, preprocess } = await begun(['nucleus']);
  expect([box.nmsOverlap, box.nmsThreshold, defaultScore]).toEqual(['smaller', 0.7, 0.4]);
  expect(preprocess.minSize).toBe(704);
});

test('with other classes it has the defaults, and those that the run specifies', async () => {
  const { box, categories, defaultScore, preprocess } = await begun(['cat', 'dog']);
  expect(categories.map(({ name }) => name)).toEqual(['cat', 'dog']);
  expect([box.nmsOverlap, box.nmsThreshold, defaultScore]).toEqual(['union', 0.5, 0.5]);
  expect(preprocess.minSize).toBe(704);
  const told = await begun(['cat', 'dog'], { box: { nmsThreshold: 0.6 }, defaultScore: 0.2 });
  expect([told.box.nmsOverlap, told.box.nmsThreshold, told.defaultScore]).toEqual(['union', 0.6, 0.2]);
});
