import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCocoDataset } from '../data/coco/coco.ts';
import { CocoData } from '../data/coco/dataset.ts';
import { readCocoResults } from '../data/coco/results.ts';
import type { CocoDataset, CocoResult } from '../data/coco/types.ts';
import type { CocoEvaluation } from '../eval/accumulate.ts';
import { CocoEvaluator } from '../eval/coco-evaluator.ts';
import { type EvalParams, type EvalType, evalParams } from '../eval/params.ts';
import { cocoMetrics } from '../eval/summary.ts';
import { scoreResults } from './score-results.ts';

/** Written by test/oracle/eval.py from pycocotools. */
interface GoldenCase {
  gt: CocoDataset;
  dt: unknown[];
  params?: { iouThrs: number[]; maxDets: number[]; areaRng: [number, number][] };
  stats?: number[];
  precision: number[];
  recall: number[];
  scores: number[];
}

const root = new URL('../../', import.meta.url);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'score-results-'));
});
afterAll(() => rm(folder, { recursive: true }));

function goldenCases(type: EvalType): GoldenCase[] {
  const path = new URL(`test/golden/eval/${type}.json.gz`, root);
  return JSON.parse(gunzipSync(readFileSync(path)).toString());
}

function paramsOf(type: EvalType, { params }: GoldenCase): EvalParams {
  if (params === undefined) return evalParams(type);
  return evalParams(type, {
    iouThresholds: params.iouThrs,
    maxDetections: params.maxDets,
    areas: params.areaRng.map(([min, max], i) => ({ name: `range ${i}`, min, max })),
  });
}

async function evaluate(type: EvalType, golden: GoldenCase): Promise<CocoEvaluation> {
  const path = join(folder, 'results.json');
  await writeFile(path, JSON.stringify(golden.dt));
  const dataset = new CocoData(golden.gt);
  const evaluator = new CocoEvaluator(paramsOf(type, golden), dataset.categories);
  scoreResults(dataset, await readCocoResults(path, dataset), { type }, evaluator);
  return evaluator.result();
}

function unpacked(packed: readonly number[]): number[] {
  const values: number[] = [];
  for (let i = 0; i < packed.length; i += 2) for (let n = 0; n < packed[i + 1]; n++) values.push(packed[i]);
  return values;
}

function largestDifference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  expect(ours.length).toBe(theirs.length);
  let largest = 0;
  for (let i = 0; i < ours.length; i++) largest = Math.max(largest, Math.abs(ours[i] - theirs[i]));
  return largest;
}

describe.each(['bbox', 'segm', 'keypoints'] as const)('evaluation of %s against pycocotools', (type) => {
  it('has the same precision, recall, scores and metrics in every random case', async () => {
    const cases = goldenCases(type);
    expect(cases.length).toBeGreaterThanOrEqual(100);
    for (const [index, golden] of cases.entries()) {
      const evaluation = await evaluate(type, golden);
      for (const key of ['precision', 'recall', 'scores'] as const) {
        expect(
          largestDifference(evaluation[key], unpacked(golden[key])),
          `${key} of case ${index}`,
        ).toBeLessThan(1e-12);
      }
      if (golden.stats === undefined) continue;
      const metrics = cocoMetrics(evaluation).map(({ value }) => value);
      expect(largestDifference(metrics, golden.stats), `metrics of case ${index}`).toBeLessThan(1e-12);
    }
  });
});

describe('a data set that annotates only some categories', () => {
  interface PartialCase {
    gt: CocoDataset;
    dt: CocoResult[];
    bbox: number[];
    segm: number[];
  }
  /** Written by test/oracle/lvis_eval.py from the lvis package. */
  const cases = JSON.parse(
    gunzipSync(readFileSync(new URL('test/golden/eval/lvis.json.gz', root))).toString(),
  ) as PartialCase[];

  it.each(['bbox', 'segm'] as const)('has the metrics of lvis for %s', async (type) => {
    expect(cases.length).toBeGreaterThanOrEqual(12);
    for (const [index, golden] of cases.entries()) {
      const metrics = cocoMetrics(await evaluate(type, { ...golden, precision: [], recall: [], scores: [] }));
      const own = metrics.slice(0, 6).map(({ value }) => value);
      expect(largestDifference(own, golden[type]), `case ${index}`).toBeLessThan(1e-12);
    }
  });

  it('scores otherwise without the fields that say so', async () => {
    const [golden] = cases;
    const images = golden.gt.images.map(({ id, width, height }) => ({ id, width, height }));
    const all = { ...golden, gt: { ...golden.gt, images }, precision: [], recall: [], scores: [] };
    const [{ value }] = cocoMetrics(await evaluate('segm', all));
    expect(value).toBeLessThan(golden.segm[0] - 0.01);
  });
});

const shared = new URL('../shared/data/coco-eval/', root);
const hasShared = existsSync(shared);
describe.skipIf(!hasShared)(`COCO's own example${hasShared ? '' : ' (skipped: ../shared is absent)'}`, () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(name, shared), 'utf8'));

  it.each(['bbox', 'segm'] as const)('has the twelve metrics of %s', async (type) => {
    const dataset = await readCocoDataset(new URL('instances_val2014_100.json', shared).pathname);
    const path = new URL(`instances_val2014_fake${type}100_results.json`, shared).pathname;
    const evaluator = new CocoEvaluator(evalParams(type), dataset.categories);
    scoreResults(dataset, await readCocoResults(path, dataset), { type }, evaluator);
    const metrics = cocoMetrics(evaluator.result()).map(({ value }) => value);
    const pycocotools = JSON.parse(readFileSync(new URL('test/golden/eval/coco-example.json', root), 'utf8'))[
      type
    ];
    expect(largestDifference(metrics, pycocotools)).toBeLessThan(1e-12);
    // The written AR1 and ARm of bbox differ by 2e-9 and 2e-8 from what pycocotools computes from these
    // files.
    const loose = (i: number) => type === 'bbox' && (i === 6 || i === 10);
    for (const [i, metric] of read('expected.json')[type].entries()) {
      expect(Math.abs(metrics[i] - metric), `metric ${i}`).toBeLessThan(loose(i) ? 3e-8 : 1e-9);
    }
  });
});
