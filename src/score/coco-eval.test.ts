import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { TestFolder } from '../../test/support/folder.ts';
import { readCocoDataset } from '../data/coco/coco.ts';
import type { CocoDataset, CocoResult } from '../data/coco/types.ts';
import { type CocoEvalOptions, cocoEval, nucleiEval } from './coco-eval.ts';

/** Written by test/oracle/eval.py from pycocotools. */
interface GoldenCase {
  gt: CocoDataset;
  dt: CocoResult[];
  params?: object;
  stats?: number[];
}

const folder = new TestFolder();
afterAll(() => folder.remove());

const types = ['bbox', 'segm', 'keypoints'] as const;

function goldenCases(type: (typeof types)[number]): (GoldenCase & { stats: number[] })[] {
  const path = new URL(`../../test/golden/eval/${type}.json.gz`, import.meta.url);
  const cases = JSON.parse(gunzipSync(readFileSync(path)).toString()) as GoldenCase[];
  return cases.flatMap(({ stats, ...rest }) => (stats && !rest.params ? [{ ...rest, stats }] : []));
}

function expectStats(stats: readonly number[], expected: readonly number[]): void {
  expect(stats).toHaveLength(expected.length);
  for (const [i, value] of stats.entries()) expect(value).toBeCloseTo(expected[i], 12);
}

describe('cocoEval', () => {
  it.each(types)('gives the metrics of pycocotools for %s in memory', async (type) => {
    const cases = goldenCases(type).slice(0, 40);
    expect(cases.length).toBeGreaterThan(20);
    for (const { gt, dt, stats } of cases) {
      expectStats((await cocoEval({ groundTruth: gt, results: dt, type })).stats, stats);
    }
  });

  it.each(types)('gives the same metrics for files of %s', async (type) => {
    const [{ gt, dt, stats }] = goldenCases(type).filter(({ dt: found }) => found.length > 5);
    const groundTruth = folder.write('gt.json', gt);
    const results = folder.write('dt.json', dt);
    const fromFiles = await cocoEval({ groundTruth, results, type });
    expectStats(fromFiles.stats, stats);
    const dataset = await readCocoDataset(groundTruth);
    expect(await cocoEval({ groundTruth: dataset, results, type })).toEqual(fromFiles);
  });

  it('takes typed arrays, and compares masks by default', async () => {
    const [{ gt, dt, stats }] = goldenCases('segm').filter(({ dt: found }) => found.length > 5);
    const annotations = gt.annotations.map(({ segmentation, ...rest }) => ({
      ...rest,
      ...(segmentation && {
        segmentation: Array.isArray(segmentation)
          ? segmentation.map((ring) => Float64Array.from(ring))
          : segmentation,
      }),
    }));
    const { type, stats: found } = await cocoEval({ groundTruth: { ...gt, annotations }, results: dt });
    expect(type).toBe('segm');
    expectStats(found, stats);
  });

  const groundTruth: CocoDataset = {
    images: [{ id: 1, width: 100, height: 100 }],
    categories: [{ id: 1, name: 'cell' }],
    annotations: [
      { id: 1, image_id: 1, category_id: 1, bbox: [10, 10, 20, 20], area: 400, iscrowd: 0 },
      { id: 2, image_id: 1, category_id: 1, bbox: [60, 60, 20, 20], area: 400, iscrowd: 0 },
    ],
  };
  const found = { image_id: 1, category_id: 1, bbox: [10, 10, 20, 20] as const, score: 0.9 };

  it('names its metrics, gives those of each category, and the curves', async () => {
    const { metrics, perCategory, params, evaluation } = await cocoEval({
      groundTruth,
      results: [found],
      type: 'bbox',
      iouThresholds: [0.75, 0.5],
    });
    // One of two found: precision 1 up to recall 0.5, 51 of 101 points.
    const ap = expect.closeTo(51 / 101, 12);
    expect(metrics[0]).toMatchObject({ metric: 'AP', iou: null, area: 'all', value: ap });
    expect(perCategory).toMatchObject([{ id: 1, name: 'cell', AP: ap, AP50: ap }]);
    expect(params.iouThresholds).toEqual([0.5, 0.75]);
    expect(evaluation.precision).toHaveLength(2 * 101 * 4 * 3);
  });

  it('tells what is left out', async () => {
    const notes: string[] = [];
    const results = [found, { ...found, category_id: 7 }];
    await cocoEval({ groundTruth, results, type: 'bbox', onNote: (line) => notes.push(line) });
    expect(notes).toEqual([
      'the results: detections of categories that are not in the ground truth are ignored: 7',
    ]);
  });

  it('counts repeated records once, and each annotation of an id, with a note', async () => {
    const { images, categories, annotations } = groundTruth;
    const repeated = {
      images: [...images, ...images],
      categories: [...categories, ...categories],
      annotations: annotations.map((annotation) => ({ ...annotation, id: 1 })),
    };
    const plain = await cocoEval({ groundTruth, results: [found], type: 'bbox' });
    const notes: string[] = [];
    const onNote = (line: string) => notes.push(line);
    const options = { groundTruth: repeated, results: [found], type: 'bbox', onNote } as const;
    expect((await cocoEval(options)).stats).toEqual(plain.stats);
    expect(notes).toEqual([
      'the ground truth: images: left out 1 repeated record',
      'the ground truth: categories: left out 1 repeated record',
      'the ground truth: 2 annotations have 1 id; each is evaluated here, while pycocotools keeps only the last of an id',
    ]);
  });

  it('refuses masks of another form than rings', async () => {
    const [first] = groundTruth.annotations;
    const segmentation = [
      [10, 10],
      [30, 10],
      [30, 30],
    ];
    const points = { ...groundTruth, annotations: [{ ...first, segmentation }] };
    await expect(cocoEval({ groundTruth: points, results: [found], type: 'segm' })).rejects.toThrow(
      /^the ground truth: annotation 1: segmentation: expected rings .* got a list of points \[\[x, y\], …\]$/,
    );
  });

  it.each<[object, string]>([
    [
      { results: [{ ...found, image_id: 2 }] },
      'the results: results[0].image_id: the ground truth has no image 2',
    ],
    [
      { results: [{ ...found, score: Number.NaN }] },
      'the results: results[0].score: expected a finite number, got null',
    ],
    [{ results: {} }, 'the results: expected an array of COCO results, got {}'],
    [{ groundTruth: {} }, 'the ground truth: "images": expected an array, got nothing'],
    [
      { groundTruth: { ...groundTruth, images: [{ id: 1, width: 0, height: 1 }] } },
      'the ground truth: fatal: image 1: width: expected a number of pixels > 0, got 0',
    ],
    [{ type: 'mask' }, 'type: expected one of bbox, segm, keypoints, got mask'],
    [{ maxDets: [100] }, 'cocoEval: unknown option maxDets; did you mean maxDetections?'],
    [{ groundTruth: 'missing.json' }, 'missing.json: cannot be read'],
  ])('refuses %j in one line', async (wrong, message) => {
    const options = { groundTruth, results: [found], type: 'bbox', ...wrong } as CocoEvalOptions;
    await expect(cocoEval(options)).rejects.toThrow(message);
  });

  it('counts by the metric of nuclei', async () => {
    const results = [found, { ...found, bbox: [0, 0, 5, 5] as const, score: 0.6 }, { ...found, score: 0.2 }];
    const input = { groundTruth, results, type: 'bbox', iouThresholds: [0.5] } as const;
    // One found, one invented, one missed; the weak one does not count.
    const counts = { truePositives: 1, falsePositives: 1, falseNegatives: 1 };
    expect((await nucleiEval(input)).thresholds).toMatchObject([counts]);
    expect((await nucleiEval({ ...input, score: 0.7 })).meanPooled).toBe(1 / 2);
    await expect(nucleiEval({ ...input, threshold: 0.7 } as typeof input)).rejects.toThrow(
      'nucleiEval: unknown option threshold; did you mean score?',
    );
    await expect(nucleiEval({ ...input, score: 'a' as unknown as number })).rejects.toThrow(
      'score: expected a finite number, got a',
    );
  });
});
