import { describe, expect, it } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { drawSample } from './bootstrap.ts';
import { CocoEvaluator } from './coco-evaluator.ts';
import { compareAnalyses } from './comparison.ts';
import { ErrorAnalyser } from './error-analyser.ts';
import type { EvalBox, EvalDetection, EvalTruth } from './objects.ts';
import { evalParams } from './params.ts';
import { cocoMetrics } from './summary.ts';

const categories = [
  { id: 3, name: 'cat' },
  { id: 7, name: 'dog' },
];
const params = evalParams('bbox');

interface Scene {
  readonly truths: readonly EvalTruth[];
  readonly a: readonly EvalDetection[];
  readonly b: readonly EvalDetection[];
}

/** Objects in random places, and two models, of which B places boxes better and misses a few more. */
function scenes(count: number): Scene[] {
  const random = seededRandom(11);
  const detect = (truths: readonly EvalTruth[], spread: number, missed: number): EvalDetection[] =>
    truths
      .filter(() => random.uniform() > missed)
      .map(({ categoryId, box }) => ({
        categoryId: random.uniform() < 0.1 ? 3 : categoryId,
        score: random.uniform(),
        box: box!.map(
          (value, i) => value + (i < 2 ? spread * (random.uniform() - 0.5) : 0),
        ) as unknown as EvalBox,
      }));
  return Array.from({ length: count }, () => {
    const truths = Array.from({ length: random.integer(5) }, (): EvalTruth => {
      const side = 20 + 60 * random.uniform();
      const box: EvalBox = [100 * random.uniform(), 100 * random.uniform(), side, side];
      return { categoryId: random.uniform() < 0.7 ? 3 : 7, box, crowd: random.uniform() < 0.1 };
    });
    return { truths, a: detect(truths, 25, 0.1), b: detect(truths, 12, 0.2) };
  });
}

function analyser(of: readonly Scene[], model: 'a' | 'b'): ErrorAnalyser {
  const made = new ErrorAnalyser(params, categories, { samples: 1 });
  of.forEach((scene, i) => {
    made.add(10 * i, scene.truths, scene[model]);
  });
  return made;
}

/** AP, AP50 and AP of the second category of a data set in which each picture occurs `weights` times, by COCO's evaluator. */
function directly(of: readonly Scene[], model: 'a' | 'b', weights: ArrayLike<number>): number[] {
  const evaluator = new CocoEvaluator(params, categories);
  let imageId = 0;
  of.forEach((scene, i) => {
    for (let copy = 0; copy < weights[i]; copy++) evaluator.add(++imageId, scene.truths, scene[model]);
  });
  const result = evaluator.result();
  return [...cocoMetrics(result).slice(0, 2), cocoMetrics(result, 1)[0]].map(({ value }) => value);
}

/** `numpy.quantile` of values, by its definition. */
function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const at = fraction * (sorted.length - 1);
  return sorted[Math.floor(at)] * (1 - (at % 1)) + sorted[Math.ceil(at)] * (at % 1);
}

describe('compareAnalyses', () => {
  const pictures = scenes(25);
  const a = analyser(pictures, 'a');
  const b = analyser(pictures, 'b');

  it('has the intervals of a direct bootstrap of both models on the same pictures', () => {
    const samples = 60;
    const comparison = compareAnalyses(a, b, samples);
    const random = seededRandom(0);
    const weights = new Uint32Array(pictures.length);
    const differences = Array.from({ length: samples }, () => {
      drawSample(random, weights);
      const [first, second] = [directly(pictures, 'a', weights), directly(pictures, 'b', weights)];
      return first.map((value, i) => (value < 0 ? Number.NaN : second[i] - value));
    });
    const once = new Uint32Array(pictures.length).fill(1);
    const [byA, byB] = [directly(pictures, 'a', once), directly(pictures, 'b', once)];
    const figures = [comparison.AP, comparison.AP50, comparison.perCategory[1].AP];
    figures.forEach((figure, i) => {
      const values = differences.map((row) => row[i]).filter((value) => !Number.isNaN(value));
      expect(figure?.a).toBeCloseTo(byA[i], 12);
      expect(figure?.b).toBeCloseTo(byB[i], 12);
      expect(figure?.difference.value).toBeCloseTo(byB[i] - byA[i], 12);
      expect(figure?.difference.low).toBeCloseTo(quantile(values, 0.025), 12);
      expect(figure?.difference.high).toBeCloseTo(quantile(values, 0.975), 12);
      expect(figure?.better).toBeCloseTo(values.filter((value) => value > 0).length / samples, 12);
    });
  });

  it('counts what only one finds', () => {
    const { found, perCategory, pictures: differing } = compareAnalyses(a, b, 1);
    const objects = pictures.flatMap(({ truths }) => truths).filter(({ crowd }) => !crowd).length;
    expect(found.both + found.onlyA + found.onlyB + found.neither).toBe(objects);
    expect(found.onlyA).toBeGreaterThan(0);
    expect(found.onlyB).toBeGreaterThan(0);
    expect(perCategory[0].found.onlyA + perCategory[1].found.onlyA).toBe(found.onlyA);
    const differences = differing.map(({ onlyA, onlyB }) => onlyA + onlyB);
    expect(differences).toEqual([...differences].sort((one, other) => other - one));
    expect(differing.length).toBeGreaterThan(0);
  });

  it('finds no difference between a model and itself', () => {
    const { AP, found, pictures: differing } = compareAnalyses(a, analyser(pictures, 'a'), 20);
    expect(AP).toMatchObject({ difference: { value: 0, low: 0, high: 0 }, better: 0 });
    expect(found).toMatchObject({ onlyA: 0, onlyB: 0 });
    expect(differing).toEqual([]);
  });

  it('refuses analyses of different pictures', () => {
    expect(() => compareAnalyses(a, analyser(pictures.slice(1), 'b'), 1)).toThrow('the same pictures');
  });
});

it('gives the AP of the pictures with a number of objects, as COCO does for them alone', () => {
  const pictures = scenes(40);
  const { crowding, ap, metrics } = analyser(pictures, 'a').result().analysis;
  expect(ap?.value).toBeCloseTo(metrics[0].value, 12);
  expect(crowding.map(({ from, to }) => [from, to])).toEqual([
    [1, 1],
    [2, 4],
  ]);
  const count = ({ truths }: Scene) => truths.filter(({ crowd }) => !crowd).length;
  for (const { from, to, pictures: number, AP, AP50 } of crowding) {
    const weights = pictures.map((scene) =>
      Math.max(1, count(scene)) >= from && count(scene) <= to! ? 1 : 0,
    );
    expect(number).toBe(weights.filter((weight) => weight > 0).length);
    const [direct, half] = directly(pictures, 'a', weights);
    expect(AP).toBeCloseTo(direct, 12);
    expect(AP50).toBeCloseTo(half, 12);
  }
});
