import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importWeights } from '../../src/import/import-weights.ts';
import { writeModelFile } from '../../src/model-file/model-file.ts';
import { decompressRle } from '../../src/ops/rle/compressed.ts';
import { rleIou } from '../../src/ops/rle/iou.ts';
import { type Rle, rleFromCounts } from '../../src/ops/rle/rle.ts';
import { load } from '../../src/predict/load/node.ts';
import { runCli } from '../support/cli-process.ts';
import { TestFolder } from '../support/folder.ts';
import { describeWithShared, shared } from '../support/shared.ts';
import { describeWithTorchvision, runOracle } from '../support/torchvision.ts';

/** An entry of COCO results, its runs compressed or not. */
interface Result {
  image_id: number;
  bbox: [number, number, number, number];
  score: number;
  segmentation: { size: [number, number]; counts: string | number[] };
}

/** What is needed of a COCO data set. */
interface Dataset {
  images: { id: number; file_name: string }[];
  annotations: { image_id: number }[];
}

const weights = shared('models/nuclei-r18fpn.pth');
const configFile = shared('models/nuclei-r18fpn.config.json');

describeWithShared('a checkpoint that torchvision trained', () => {
  const folder = new TestFolder();
  const model = folder.at('nuclei.safetensors');
  beforeAll(async () => {
    const imported = await importWeights({ path: weights, configFile });
    await writeModelFile(model, imported.config, imported.weights);
    await imported.weights.close();
  });
  afterAll(() => folder.remove());

  it('finds what torchvision finds in validation pictures, and has the AP of its results', {
    timeout: 300_000,
  }, async () => {
    const all = readJson(shared('data/nuclei/val.json')) as Dataset;
    // One of six: 11 pictures.
    const images = all.images.filter((_, i) => i % 6 === 0);
    const ids = new Set(images.map(({ id }) => id));
    const ofImages = (record: { image_id: number }) => ids.has(record.image_id);
    const found = await predictAll(images.map(({ file_name }) => shared(`data/nuclei/images/${file_name}`)));
    const expected = (readJson(shared('models/nuclei-r18fpn.val.torchvision.json')) as Result[]).filter(
      ofImages,
    );
    compare(
      found,
      images.map(({ id }) => expected.filter(({ image_id }) => image_id === id)),
    );

    const gt = folder.write('gt.json', { ...all, images, annotations: all.annotations.filter(ofImages) });
    const results = found.flatMap((all, i) =>
      all.map((result) => ({ ...result, image_id: images[i].id, category_id: 1 })),
    );
    const metrics = [results, expected].map(async (records, i) => {
      const dt = folder.write(`results-${i}.json`, records);
      const { status, stdout, stderr } = await runCli(['coco-eval', '--gt', gt, '--dt', dt, '--json', '-']);
      expect(status, stderr).toBe(0);
      return (JSON.parse(stdout) as { stats: number[] }).stats;
    });
    const [ours, theirs] = await Promise.all(metrics);
    ours.forEach((metric, i) => {
      expect(Math.abs(metric - theirs[i]), `metric ${i}`).toBeLessThan(0.001);
    });
  });

  describeWithTorchvision('and pictures of other kinds', () => {
    it('finds what torchvision finds in training pictures and in photographs', {
      timeout: 300_000,
    }, async () => {
      const inFolder = (path: string) => readdirSync(shared(path)).map((name) => shared(`${path}/${name}`));
      const pictures = [
        ...inFolder('data/nuclei/images').slice(100, 102),
        ...inFolder('data/coco-subset/images').slice(0, 1),
      ];
      const expected: Result[] = JSON.parse(
        runOracle('predict_checkpoint.py', [weights, configFile, ...pictures]),
      );
      compare(
        await predictAll(pictures),
        pictures.map((_, i) => expected.filter(({ image_id }) => image_id === i)),
      );
    });
  });

  /** The instances of each picture as results. */
  async function predictAll(pictures: readonly string[]): Promise<Result[][]> {
    const loaded = await load(model, { threads: 1 });
    const results: Result[][] = pictures.map(() => []);
    for await (const outcome of loaded.predictEach(pictures, { score: 0.05 })) {
      if ('error' in outcome) throw outcome.error;
      const { instances, width, height } = outcome.prediction;
      results[outcome.index] = instances.map(({ score, box: [x1, y1, x2, y2], mask }) => ({
        image_id: outcome.index,
        bbox: [x1, y1, x2 - x1, y2 - y1],
        score,
        segmentation: { size: [height, width], counts: [...(mask?.rle.counts ?? [])] },
      }));
    }
    await loaded.dispose();
    return results;
  }
});

/** Compares two lists of results for each picture. */
function compare(actual: readonly Result[][], expected: readonly Result[][]): void {
  let matched = 0;
  for (const [i, wanted] of expected.entries()) {
    expect(Math.abs(actual[i].length - wanted.length), `picture ${i}`).toBeLessThanOrEqual(1);
    matched += wanted.filter((result) => actual[i].some((found) => agree(found, result))).length;
  }
  const total = expected.flat().length;
  expect(total).toBeGreaterThan(20 * expected.length);
  // The rest are nuclei whose pasted box falls on a whole pixel, where float32 rounding shifts the mask by one.
  expect(matched / total).toBeGreaterThanOrEqual(0.995);
}

function agree(found: Result, expected: Result): boolean {
  const [ours, theirs] = [found, expected].map(({ bbox: [x, y, width, height] }) => [
    x,
    y,
    x + width,
    y + height,
  ]);
  return (
    Math.abs(found.score - expected.score) <= 1e-3 &&
    ours.every((corner, i) => Math.abs(corner - theirs[i]) <= 0.1) &&
    rleIou([rleOf(found)], [rleOf(expected)], [false])[0] >= 0.99
  );
}

function rleOf({ segmentation: { size, counts } }: Result): Rle {
  return typeof counts === 'string' ? decompressRle(counts, size) : rleFromCounts(counts, size);
}

function readJson(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
