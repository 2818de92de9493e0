import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { describeWithShared, shared } from '../../test/support/shared.ts';
import { UsageError } from '../core/errors.ts';
import { readCocoDataset } from '../data/coco/coco.ts';
import type { CocoDataset, CocoResult } from '../data/coco/types.ts';
import { type AnalyseErrorsOptions, analyseErrors } from './analyse-errors.ts';

/** [AP, six costs, cost of false positives, of false negatives, six counts], in percent; see test/oracle/tide.py. */
type TideFigures = readonly number[];

interface TideGolden {
  bbox: (TideFigures | null)[];
  segm: (TideFigures | null)[];
  coco: Record<'bbox' | 'segm', TideFigures>;
  nuclei: Record<'bbox' | 'segm', TideFigures>;
}

/** See test/oracle/error_analysis.py. */
interface OtherFigures {
  confusion: [truth: number | null, predicted: number | null, count: number][];
  calibration: [correct: number[], score: number[]] | null;
  f1: number | null;
  f1s: (number | null)[];
}

const golden = (name: string) => readFileSync(new URL(`../../test/golden/eval/${name}`, import.meta.url));
const tide = JSON.parse(golden('tide.json').toString()) as TideGolden;
const others = JSON.parse(golden('error-analysis.json').toString()) as Record<
  string,
  (OtherFigures | null)[]
>;
const types = ['bbox', 'segm'] as const;

interface Case {
  gt: CocoDataset;
  dt: CocoResult[];
}

const casesOf = (type: string) => JSON.parse(gunzipSync(golden(`${type}.json.gz`)).toString()) as Case[];

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
    const cases = casesOf(type);
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

describe.each(types)('the analysis of %s', (type) => {
  const compared = casesOf(type).flatMap(({ gt, dt }, i) => {
    const expected = others[type][i];
    return expected ? [{ gt, dt, expected }] : [];
  });
  const analysisOf = async ({ gt, dt }: Case) =>
    (await analyseErrors({ groundTruth: gt, results: dt, type, score: 0.4, samples: 1 })).analysis;
  const close = (value: number | undefined, expected: number) =>
    expect(Math.abs(value! - expected)).toBeLessThan(1e-9);

  it('counts confused classes as an independent program does', async () => {
    expect(compared.length).toBeGreaterThan(40);
    for (const { expected, ...data } of compared) {
      const { confusion } = await analysisOf(data);
      const found = confusion.map(({ truth, predicted, count }) => [truth, predicted, count]);
      expect(found.sort()).toEqual([...expected.confusion].sort());
    }
  });

  it("has scikit-learn's calibration curve", async () => {
    for (const { expected, ...data } of compared) {
      const { calibration } = await analysisOf(data);
      expect(calibration === null).toBe(expected.calibration === null);
      calibration?.bins.forEach(({ correct, score }, bin) => {
        close(correct, expected.calibration![0][bin]);
        close(score, expected.calibration![1][bin]);
      });
      expect(calibration?.bins.length).toBe(expected.calibration?.[0].length);
    }
  });

  it('finds the greatest F1 of all score thresholds, and a threshold that gives it', async () => {
    for (const { expected, gt, dt } of compared) {
      const { best, perCategory } = await analysisOf({ gt, dt });
      expect(best === null).toBe(expected.f1 === null);
      if (best === null) continue;
      close(best.f1, expected.f1!);
      perCategory.forEach((category, k) => {
        expect(category.best === null).toBe(expected.f1s[k] === null);
        if (category.best) close(category.best.f1, expected.f1s[k]!);
      });
      const again = await analyseErrors({
        ...{ groundTruth: gt, results: dt, type, samples: 1 },
        score: best.threshold,
      });
      close(again.analysis.current?.f1, best.f1);
    }
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

  it('name the way in which the results for nuclei were weakened', async () => {
    const results = JSON.parse(
      readFileSync(shared('models/nuclei-r18fpn.val.torchvision.json'), 'utf8'),
    ) as (CocoResult & { bbox: [number, number, number, number] })[];
    const dataset = await readCocoDataset(shared('data/nuclei/val.json'));
    const weakened = async (weaken: (found: (typeof results)[number]) => CocoResult[]) => {
      const options = {
        groundTruth: dataset,
        type: 'bbox',
        maxDetections: [1, 10, 800],
        samples: 1,
      } as const;
      return (await analyseErrors({ ...options, results: results.flatMap(weaken) })).analysis.verdict;
    };
    const moved = (found: (typeof results)[number], fraction: number): CocoResult => {
      const [x, y, w, h] = found.bbox;
      return { ...found, bbox: [x + fraction * w, y + fraction * h, w, h] };
    };
    expect(await weakened((found) => [moved(found, 0.3)])).toMatchObject({ kind: 'location', loose: false });
    expect(await weakened((found) => [moved(found, 0.1)])).toMatchObject({ kind: 'location', loose: true });
    expect(await weakened((found) => [found, { ...found, score: 0.95 * found.score }])).toMatchObject({
      kind: 'duplicate',
    });
    expect(await weakened((found) => (found.bbox[2] * found.bbox[3] < 300 ? [] : [found]))).toMatchObject({
      kind: 'missed',
      size: { area: 'small' },
    });
  });
});

it.each([
  [{ score: Number.NaN }, 'score: expected a finite number, got NaN'],
  [{ score: 'a' }, 'score: expected a finite number, got a'],
  [{ samples: -1 }, 'samples: expected a whole number of at least 0, got -1'],
  [{ samples: 1.5 }, 'samples: expected a whole number of at least 0, got 1.5'],
  [{ compare: { results: [], score: Infinity } }, 'compare.score: expected a finite number, got Infinity'],
  [{ compare: { result: [] } }, 'analyseErrors: compare: unknown option result; did you mean results?'],
])('refuses %j before anything is read', async (wrong, message) => {
  const options = { groundTruth: 'missing.json', results: 'missing.json', ...wrong } as AnalyseErrorsOptions;
  await expect(analyseErrors(options)).rejects.toThrow(new UsageError(message));
});
