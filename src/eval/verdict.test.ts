import { describe, expect, it } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { rleFromPolygons } from '../ops/rle/polygon.ts';
import { ErrorAnalyser } from './error-analyser.ts';
import type { EvalBox, EvalDetection, EvalTruth } from './objects.ts';
import { evalParams } from './params.ts';

const categories = ['cat', 'cow', 'dog', 'horse'].map((name, i) => ({ id: i + 1, name }));
const size = [400, 400] as const;

interface Scene {
  readonly truths: readonly EvalTruth[];
  readonly detections: readonly EvalDetection[];
}

function shape(box: EvalBox) {
  const [x, y, w, h] = box;
  return { box, mask: rleFromPolygons([[x, y, x + w, y, x + w, y + h, x, y + h]], size) };
}

/** Pictures with nine objects in a grid, some small, and a model that finds most of them and little else. */
function scenes(): Scene[] {
  const random = seededRandom(7);
  const jitter = (spread: number) => (random.uniform() - 0.5) * spread;
  return Array.from({ length: 20 }, () => {
    const boxes = Array.from({ length: 9 }, (_, i): EvalBox => {
      const side = random.uniform() < 0.4 ? 24 : 70;
      return [20 + 130 * (i % 3) + jitter(10), 20 + 130 * Math.floor(i / 3) + jitter(10), side, side];
    });
    const truths = boxes.map((box) => ({ categoryId: 1 + random.integer(4), ...shape(box) }));
    const found = truths.filter(() => random.uniform() < 0.92);
    const detections = found.map(({ categoryId, box: [x, y, w, h] }) => {
      const moved: EvalBox = [x + jitter(0.1 * w), y + jitter(0.1 * h), w, h];
      return { categoryId, score: 0.5 + random.uniform() / 2, ...shape(moved) };
    });
    const background = { categoryId: 1 + random.integer(4), score: 0.3, ...shape([105, 105, 30, 30]) };
    return { truths, detections: [...detections, background] };
  });
}

function analysed(type: 'bbox' | 'segm', weaken: (found: EvalDetection, index: number) => EvalDetection[]) {
  const analyser = new ErrorAnalyser(evalParams(type), categories, { samples: 1 });
  scenes().forEach(({ truths, detections }, i) => {
    analyser.add(i + 1, truths, detections.flatMap(weaken));
  });
  return analyser.result().analysis;
}

const verdictOf = (...args: Parameters<typeof analysed>) => analysed(...args).verdict;

function moved(found: EvalDetection, fraction: number): EvalDetection {
  const [x, y, w, h] = found.box!;
  return { ...found, ...shape([x + fraction * w, y + fraction * h, w, h]) };
}

describe.each(['bbox', 'segm'] as const)(
  'the costliest error of a model weakened in one way, by %s',
  (type) => {
    it('is the wrong class if two classes are swapped, which are named', () => {
      const swapped = verdictOf(type, (found) => [
        found.categoryId === 2 ? { ...found, categoryId: 4 } : found,
      ]);
      expect(swapped).toMatchObject({ kind: 'class', confused: { truth: 2, predicted: 4 } });
    });

    it('is the location if everything is shifted, little or much', () => {
      expect(verdictOf(type, (found) => [moved(found, 0.3)])).toMatchObject({
        kind: 'location',
        loose: false,
      });
      const analysis = analysed(type, (found) => [moved(found, 0.1)]);
      expect(analysis.metrics[1].value).toBeGreaterThan(0.8);
      expect(analysis.verdict).toMatchObject({ kind: 'location', loose: true });
    });

    it('is the duplicates if they are left in', () => {
      const doubled = verdictOf(type, (found) => [
        found,
        { ...moved(found, 0.03), score: found.score - 0.01 },
      ]);
      expect(doubled).toMatchObject({ kind: 'duplicate' });
    });

    it('is the missed objects, by size, if small ones are dropped', () => {
      const dropped = verdictOf(type, (found) => (found.box![2] < 32 ? [] : [found]));
      expect(dropped).toMatchObject({ kind: 'missed', size: { area: 'small' } });
      expect(dropped?.size?.missed).toBe(dropped?.size?.objects);
    });

    it('is the background if there are detections where nothing is', () => {
      const added = verdictOf(type, (found, i) => [
        found,
        { categoryId: found.categoryId, score: found.score, ...shape([380, 10 + 10 * i, 8, 8]) },
      ]);
      expect(added).toMatchObject({ kind: 'background' });
    });

    it('is both at once if classes are swapped and boxes shifted, though correcting one gains nothing', () => {
      const { tide, verdict } = analysed(type, (found) => [
        { ...moved(found, 0.3), categoryId: (found.categoryId % 4) + 1 },
      ]);
      expect(tide.ap).toBe(0);
      expect(verdict).toMatchObject({ kind: 'both', cost: 0 });
    });

    it('is the missed objects of a model that finds nothing', () => {
      expect(verdictOf(type, () => [])).toMatchObject({ kind: 'missed' });
    });
  },
);

it('is none for a perfect model', () => {
  const analyser = new ErrorAnalyser(evalParams('segm'), categories, { samples: 1 });
  const [{ truths }] = scenes();
  analyser.add(
    1,
    truths,
    truths.map((truth) => ({ ...truth, score: 0.9 })),
  );
  expect(analyser.result().analysis.verdict).toBeNull();
});
