import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { describeWithShared, shared } from '../../test/support/shared.ts';
import type { CocoDataset, CocoResult } from '../data/coco/types.ts';
import { analyseErrors } from './analyse-errors.ts';

/** [AP, six costs, cost of false positives, of false negatives, six counts], in percent; see test/oracle/tide.py. */
type TideFigures = readonly number[];

interface TideGolden {
  bbox: (TideFigures | null)[];
  segm: (TideFigures | null)[];
  coco: Record<'bbox' | 'segm', TideFigures>;
  nuclei: Record<'bbox' | 'segm', TideFigures>;
}

const golden = (name: string) => readFileSync(new URL(`../../test/golden/eval/${name}`, import.meta.url));
const tide = JSON.parse(golden('tide.json').toString()) as TideGolden;
const types = ['bbox', 'segm'] as const;

async function expectFigures(options: Parameters<typeof analyseErrors>[0], expected: TideFigures) {
  const { ap, errors, falsePositiveCost, falseNegativeCost } = (
    await analyseErrors({ ...options, samples: 1 })
  ).analysis.tide;
  const costs = [ap, ...errors.map(({ cost }) => cost), falsePositiveCost, falseNegativeCost];
  const counts = errors.map(({ count }) => count);
  expect(costs.length + counts.length).toBe(expected.length);
  costs.forEach((cost, i) => {
    expect(Math.abs(100 * cost - expected[i])).toBeLessThan(1e-6);
  });
  expect(counts).toEqual(expected.slice(9));
}

describe('the costs of errors', () => {
  it.each(types)("are tidecv's on random data sets of %s", async (type) => {
    const cases = JSON.parse(gunzipSync(golden(`${type}.json.gz`)).toString()) as {
      gt: CocoDataset;
      dt: CocoResult[];
    }[];
    expect(cases).toHaveLength(tide[type].length);
    let compared = 0;
    for (const [i, expected] of tide[type].entries()) {
      if (expected === null) continue;
      await expectFigures({ groundTruth: cases[i].gt, results: cases[i].dt, type }, expected);
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });
});

describeWithShared('the costs of errors on real pictures', () => {
  it.each(types)("are tidecv's on COCO's example for %s", async (type) => {
    const folder = 'data/coco-eval/instances_val2014_';
    const groundTruth = shared(`${folder}100.json`);
    await expectFigures(
      { groundTruth, results: shared(`${folder}fake${type}100_results.json`), type },
      tide.coco[type],
    );
  });

  it.each(types)("are tidecv's on nuclei for %s", async (type) => {
    const results = shared('models/nuclei-r18fpn.val.torchvision.json');
    const groundTruth = shared('data/nuclei/val.json');
    await expectFigures({ groundTruth, results, type, maxDetections: [1, 10, 400] }, tide.nuclei[type]);
  });
});
