import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importWeights } from '../../src/import/import-weights.ts';
import { writeModelFile } from '../../src/model-file/model-file.ts';
import { decompressRle } from '../../src/ops/rle/compressed.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { type Rle, rleFromCounts } from '../../src/ops/rle/rle.ts';
import type { Instance } from '../../src/predict/instance.ts';
import { load } from '../../src/predict/load/node.ts';
import { describeWithShared, shared } from '../support/shared.ts';
import { describeWithTorchvision, runOracle } from '../support/torchvision.ts';

/** An entry of COCO results, its runs compressed or not. */
interface Result {
  image_id: number;
  bbox: [number, number, number, number];
  score: number;
  segmentation: { size: [number, number]; counts: string | number[] };
}

const weights = shared('models/nuclei-r18fpn.pth');
const configFile = shared('models/nuclei-r18fpn.config.json');

async function loadCheckpoint() {
  const path = join(mkdtempSync(join(tmpdir(), 'mask-rcnn-')), 'nuclei.safetensors');
  const imported = await importWeights({ path: weights, configFile });
  await writeModelFile(path, imported.config, imported.weights);
  await imported.weights.close();
  return load(path);
}

/** Compares instances picture by picture; `expected` holds torchvision's results of each picture. */
async function compare(pictures: readonly string[], expected: readonly Result[][]) {
  const model = await loadCheckpoint();
  const total = expected.reduce((sum, results) => sum + results.length, 0);
  let matched = 0;
  for await (const outcome of model.predictEach(pictures, { score: 0.05 })) {
    if ('error' in outcome) throw outcome.error;
    const { instances } = outcome.prediction;
    const results = expected[outcome.index];
    expect(Math.abs(instances.length - results.length), outcome.source).toBeLessThanOrEqual(1);
    matched += results.filter((result) => instances.some((instance) => agree(instance, result))).length;
  }
  await model.dispose();
  expect(total).toBeGreaterThan(20 * pictures.length);
  // The rest are nuclei whose pasted box falls on a whole pixel, where float32 noise shifts the mask by one.
  expect(matched / total).toBeGreaterThanOrEqual(0.995);
}

function agree({ score, box, mask }: Instance, result: Result): boolean {
  const [x, y, width, height] = result.bbox;
  const corners = [x, y, x + width, y + height];
  return (
    Math.abs(score - result.score) <= 1e-3 &&
    corners.every((corner, i) => Math.abs(corner - box[i]) <= 0.1) &&
    rleIou([mask!.rle], [rleOf(result)], [false])[0] >= 0.99
  );
}

function rleOf({ segmentation: { size, counts } }: Result): Rle {
  return typeof counts === 'string' ? decompressRle(counts, size) : rleFromCounts(counts, size);
}

describeWithShared('a checkpoint that torchvision trained', () => {
  it('finds what torchvision finds in the 66 validation pictures', { timeout: 300_000 }, async () => {
    const { images } = readJson(shared('data/nuclei/val.json'));
    const results: Result[] = readJson(shared('models/nuclei-r18fpn.val.torchvision.json'));
    await compare(
      images.map(({ file_name }: { file_name: string }) => shared(`data/nuclei/images/${file_name}`)),
      images.map(({ id }: { id: number }) => results.filter(({ image_id }) => image_id === id)),
    );
  });

  describeWithTorchvision('and pictures of other kinds', () => {
    it('finds what torchvision finds in training pictures and in photographs', {
      timeout: 300_000,
    }, async () => {
      const folder = (path: string) => readdirSync(shared(path)).map((name) => shared(`${path}/${name}`));
      const pictures = [
        ...folder('data/nuclei/images').slice(100, 108),
        ...folder('data/coco-subset/images').slice(0, 3),
      ];
      const results: Result[] = JSON.parse(
        runOracle('predict_checkpoint.py', [weights, configFile, ...pictures]),
      );
      await compare(
        pictures,
        pictures.map((_, i) => results.filter(({ image_id }) => image_id === i)),
      );
    });
  });
});

function readJson(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
