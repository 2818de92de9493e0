import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { boxes, holds } from '../../test/support/properties.ts';
import { type CodingWeights, decodeBoxes, encodeBoxes } from './box-coding.ts';

const weights = fc.constantFrom<CodingWeights>([1, 1, 1, 1], [10, 10, 5, 5], [2, 3, 4, 5]);
const pair = fc.integer({ min: 1, max: 20 }).chain((count) => {
  const many = boxes({ min: count, max: count }, 30);
  return fc.tuple(many, many);
});

it('decoding what was encoded gives the true boxes', () => {
  holds(
    fc.property(pair, weights, ([truth, anchors], coding) => {
      const decoded = decodeBoxes(anchors, encodeBoxes(truth, anchors, coding), coding);
      // Corners are up to 45; an anchor of a quarter pixel scales the rounding of its deltas.
      expect(largestDifference(decoded, truth)).toBeLessThan(1e-4);
    }),
  );
});

it('encoding what was decoded gives the deltas', () => {
  const delta = fc.double({ min: -2, max: 2, noNaN: true });
  const cases = boxes({ min: 1, max: 20 }).chain((anchors) =>
    fc.tuple(
      fc.constant(anchors),
      fc
        .array(delta, { minLength: anchors.length, maxLength: anchors.length })
        .map((values) => Float32Array.from(values)),
    ),
  );
  holds(
    fc.property(cases, weights, ([anchors, deltas], coding) => {
      const again = encodeBoxes(decodeBoxes(anchors, deltas, coding), anchors, coding);
      // Corners up to 400 are rounded by 2⁻¹⁶, which counts four times for an anchor of a quarter pixel, times the weight.
      expect(largestDifference(again, deltas)).toBeLessThan(5e-3);
    }),
  );
});

it('a box encoded by itself does not move', () => {
  holds(
    fc.property(boxes({ min: 1, max: 20 }), weights, (all, coding) => {
      expect(Array.from(encodeBoxes(all, all, coding), Math.abs)).toEqual(Array(all.length).fill(0));
    }),
  );
});

it('moving the truth and the anchors together changes no delta', () => {
  holds(
    fc.property(pair, weights, fc.integer({ min: -50, max: 50 }), ([truth, anchors], coding, shift) => {
      const moved = encodeBoxes(
        truth.map((value) => value + shift),
        anchors.map((value) => value + shift),
        coding,
      );
      expect(largestDifference(moved, encodeBoxes(truth, anchors, coding))).toBeLessThan(1e-3);
    }),
  );
});
