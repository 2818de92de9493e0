import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxes, holds } from '../../test/support/properties.ts';
import { boxAt, takeBoxes } from './boxes.ts';
import { nms, type OverlapMeasure } from './nms.ts';

/** Boxes crowded enough to overlap, and scores with ties. */
const detections = boxes({ min: 0, max: 40 }, 24).chain((of) =>
  fc.record({
    boxes: fc.constant(of),
    scores: fc
      .array(fc.integer({ min: 0, max: 12 }), { minLength: of.length / 4, maxLength: of.length / 4 })
      .map((values) => Float32Array.from(values, (value) => value / 16)),
    threshold: fc.constantFrom(0.05, 0.3, 0.5, 0.7, 1),
    overlap: fc.constantFrom<OverlapMeasure>('union', 'smaller'),
  }),
);

const take = (scores: Float32Array, indices: readonly number[]) =>
  Float32Array.from(indices, (i) => scores[i]);

function overlapOf(all: Float32Array, i: number, j: number, measure: OverlapMeasure): number {
  const [a, b] = [boxAt(all, i), boxAt(all, j)];
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const common = Math.max(width, 0) * Math.max(height, 0);
  const [one, other] = [a, b].map(([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1));
  return common / (measure === 'smaller' ? Math.min(one, other) : one + other - common);
}

describe('nms', () => {
  it('keeps a subset, best first, ties by index, the best box always', () => {
    holds(
      fc.property(detections, ({ boxes: all, scores, threshold, overlap }) => {
        const kept = nms(all, scores, threshold, overlap);
        expect(new Set(kept).size).toBe(kept.length);
        for (const [i, j] of kept.slice(1).map((index, at) => [kept[at], index]))
          expect(scores[i] > scores[j] || (scores[i] === scores[j] && i < j)).toBe(true);
        if (scores.length > 0) expect(kept[0]).toBe(scores.indexOf(Math.max(...scores)));
        for (const i of kept) expect(i).toBeLessThan(scores.length);
      }),
    );
  });

  it('keeps no two boxes that overlap by more than the threshold, and drops none without a better neighbour', () => {
    holds(
      fc.property(detections, ({ boxes: all, scores, threshold, overlap }) => {
        const kept = nms(all, scores, threshold, overlap);
        for (const i of scores.keys()) {
          const better = kept.filter(
            (j) => j !== i && (scores[j] > scores[i] || (scores[j] === scores[i] && j < i)),
          );
          const worst = Math.max(0, ...better.map((j) => overlapOf(all, i, j, overlap)));
          // Exactly at the threshold, rounding may decide.
          if (Math.abs(worst - threshold) > 1e-6)
            expect(kept.includes(i), `box ${i}`).toBe(worst < threshold);
        }
      }),
    );
  });

  it('keeps all that it has kept', () => {
    holds(
      fc.property(detections, ({ boxes: all, scores, threshold, overlap }) => {
        const kept = nms(all, scores, threshold, overlap);
        const again = nms(takeBoxes(all, kept), take(scores, kept), threshold, overlap);
        expect(again).toEqual([...kept.keys()]);
      }),
    );
  });

  it('does not depend on the order of boxes whose scores differ', () => {
    const shuffled = boxes({ min: 1, max: 30 }, 24).chain((all) => {
      const indices = [...Array(all.length / 4).keys()];
      const order = fc.shuffledSubarray(indices, { minLength: indices.length });
      return fc.tuple(fc.constant(all), order);
    });
    holds(
      fc.property(shuffled, fc.constantFrom(0.3, 0.5, 0.7), ([all, order], threshold) => {
        const scores = Float32Array.from(order, (_, i) => 1 - i / 64);
        const kept = nms(all, scores, threshold);
        const permuted = nms(takeBoxes(all, order), take(scores, order), threshold);
        expect(permuted.map((i) => order[i])).toEqual(kept);
      }),
    );
  });
});
