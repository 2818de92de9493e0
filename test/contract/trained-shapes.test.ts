import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyOverrides } from '../../src/config/overrides.ts';
import { openModelFile, writeModelFile } from '../../src/model-file/model-file.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { rleFromCounts } from '../../src/ops/rle/rle.ts';
import type { Prediction } from '../../src/predict/instance.ts';
import { load } from '../../src/predict/load/node.ts';
import { TestFolder } from '../support/folder.ts';

// What torchvision predicts with a small model that it trained: see test/golden/shapes/README.md.

interface GoldenInstance {
  label: number;
  score: number;
  /** x1, y1, x2, y2 in pixels of the picture. */
  box: number[];
  /** COCO RLE of the pasted mask. */
  counts: number[];
}

interface GoldenPicture {
  picture: string;
  /** Shapes that are visible in it, and how many of them are detected: class, score and mask IoU of 0.5 or more. */
  drawn: number;
  found: number;
  /** Every detection with a score of 0.05 or more, best first. */
  instances: GoldenInstance[];
}

const golden = (name: string) => fileURLToPath(new URL(`../golden/shapes/${name}`, import.meta.url));
const { pictures }: { pictures: GoldenPicture[] } = JSON.parse(
  readFileSync(golden('predictions.json'), 'utf8'),
);

/** Predicts all pictures with a model file. */
async function predictAll(path: string): Promise<Prediction[]> {
  const model = await load(path, { threads: 1 });
  const predictions: Prediction[] = [];
  for (const { picture } of pictures) predictions.push(await model.predict(golden(picture), { score: 0.05 }));
  await model.dispose();
  return predictions;
}

/** Whether two lists of instances are the same but for rounding. */
function agree({ width, height, instances }: Prediction, expected: readonly GoldenInstance[]): boolean {
  if (instances.length !== expected.length) return false;
  return instances.every(({ category, score, box, mask }, i) => {
    const wanted = expected[i];
    const wantedMask = rleFromCounts(wanted.counts, [height, width]);
    return (
      category.id === wanted.label &&
      Math.abs(score - wanted.score) <= 1e-3 &&
      box.every((corner, c) => Math.abs(corner - wanted.box[c]) <= 0.1) &&
      rleIou([mask!.rle], [wantedMask], [false])[0] >= 0.99
    );
  });
}

describe('a model that torchvision trained on drawn shapes', () => {
  const model = golden('model.safetensors');
  let predictions: Prediction[];
  beforeAll(async () => {
    predictions = await predictAll(model);
  });

  it('detects shapes of every class, most of those that are drawn', () => {
    const sure = pictures.flatMap(({ instances }) => instances.filter(({ score }) => score >= 0.5));
    expect(new Set(sure.map(({ label }) => label))).toEqual(new Set([1, 2, 3]));
    const total = (key: 'drawn' | 'found') => pictures.reduce((sum, picture) => sum + picture[key], 0);
    expect(total('drawn')).toBeGreaterThan(40);
    expect(total('found')).toBeGreaterThan(0.6 * total('drawn'));
  });

  it.each(pictures.map(({ picture }, i) => [picture, i] as const))(
    'finds in %s what torchvision finds',
    (_, i) => {
      const { instances } = predictions[i];
      const expected = pictures[i].instances;
      expect(instances.map(({ category }) => category.id)).toEqual(expected.map(({ label }) => label));
      expect(agree(predictions[i], expected)).toBe(true);
    },
  );

  describe('does not agree with torchvision once a stage differs:', () => {
    const folder = new TestFolder();
    afterAll(() => folder.remove());

    it.each<[string, object]>([
      ['the size of the input', { preprocess: { minSize: 120 } }],
      ['the normalisation', { preprocess: { std: [0.25, 0.25, 0.25] } }],
      ['the anchors', { rpn: { anchors: { aspectRatios: Array(5).fill([0.5, 1, 1.9]) } } }],
      ['the number of proposals', { rpn: { postNmsTopN: 20 } }],
      ['the NMS of the proposals', { rpn: { nmsThreshold: 0.5 } }],
      ['the samples of RoIAlign in the box branch', { box: { head: { pool: { samplingRatio: 1 } } } }],
      ['the alignment of RoIAlign in the mask branch', { mask: { pool: { aligned: true } } }],
      ['the NMS of the detections', { box: { nmsThreshold: 0.3 } }],
      ['the number of detections', { box: { detectionsPerImage: 10 } }],
      ['the pasting of the masks', { mask: { paste: 'exactBox' } }],
    ])('%s', async (name, change) => {
      const path = folder.at(`${name}.safetensors`);
      const { config, weights } = await openModelFile(model);
      await writeModelFile(path, applyOverrides(name, config, change), weights);
      await weights.close();
      const changed = await predictAll(path);
      expect(changed.every((prediction, i) => agree(prediction, pictures[i].instances))).toBe(false);
    });
  });
});
