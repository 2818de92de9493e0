import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { boxes, holds } from '../../test/support/properties.ts';
import { float32Tensor } from '../core/tensor.ts';
import { channelsLastOf } from './channels-last.ts';
import { type RoiAlignOptions, roiAlign } from './roi-align.ts';
import { RoiAligner } from './roi-aligner.ts';

const channels = 4;
const [height, width] = [7, 9];
const shape = [1, channels, height, width];
const length = channels * height * width;

const map = fc
  .array(fc.integer({ min: -64, max: 64 }), { minLength: length, maxLength: length })
  .map((values) => Float32Array.from(values, (value) => value / 16));

const options: fc.Arbitrary<RoiAlignOptions> = fc.record({
  resolution: fc.constantFrom(1, 2, 7),
  spatialScale: fc.constantFrom(0.25, 0.5),
  samplingRatio: fc.constantFrom(0, 1, 2),
  aligned: fc.boolean(),
});

// Boxes reach over the right and lower borders of the map, and lie outside.
const rois = boxes({ min: 1, max: 6 }, 40);

const aligner = new RoiAligner();
/** The reference, and the kernel in WebAssembly that predictions use. */
const poolers = {
  reference: (data: Float32Array, all: Float32Array, of: RoiAlignOptions) =>
    roiAlign(float32Tensor(shape, data), all, Array(all.length / 4).fill(0), of),
  kernel: (data: Float32Array, all: Float32Array, of: RoiAlignOptions) =>
    aligner
      .pool([
        {
          maps: { height, width, channels },
          ...channelsLastOf(float32Tensor(shape, data)),
          boxes: all,
          batchIndex: Array(all.length / 4).fill(0),
          options: of,
        },
      ])
      .slice(),
};

it.each(Object.entries(poolers))('RoIAlign is linear in its map: %s', (_name, pool) => {
  const factor = fc.integer({ min: -8, max: 8 }).map((value) => value / 4);
  holds(
    fc.property(map, map, factor, rois, options, (a, b, scale, all, of) => {
      const combined = pool(
        a.map((value, i) => value + scale * b[i]),
        all,
        of,
      );
      const [ofA, ofB] = [pool(a, all, of), pool(b, all, of)];
      const sum = ofA.map((value, i) => value + scale * ofB[i]);
      expect(largestDifference(combined, sum)).toBeLessThan(2e-5);
    }),
    100,
  );
});

it.each(Object.entries(poolers))(
  'RoIAlign of a constant map within the map is the constant: %s',
  (_name, pool) => {
    const inside = boxes({ min: 1, max: 6 }, 12);
    holds(
      fc.property(fc.integer({ min: -64, max: 64 }), inside, options, (value, all, of) => {
        const pooled = pool(new Float32Array(length).fill(value / 16), all, { ...of, spatialScale: 0.25 });
        // Without samples (a box of no bins) the result would be 0; boxes here have an area.
        expect(
          largestDifference(
            pooled,
            pooled.map(() => value / 16),
          ),
        ).toBeLessThan(1e-5);
      }),
      100,
    );
  },
);

it.each(Object.entries(poolers))(
  'RoIAlign lies between the least and the greatest value: %s',
  (_name, pool) => {
    holds(
      fc.property(map, rois, options, (data, all, of) => {
        // Samples more than a pixel outside the map count as 0.
        const [least, greatest] = [Math.min(0, ...data), Math.max(0, ...data)];
        const pooled = pool(data, all, of);
        expect(Math.min(...pooled)).toBeGreaterThanOrEqual(least - 1e-5);
        expect(Math.max(...pooled)).toBeLessThanOrEqual(greatest + 1e-5);
      }),
      50,
    );
  },
);
