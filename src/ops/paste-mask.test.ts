import { describe, expect, it } from 'vitest';
import { goldenCases } from '../../test/support/golden-ops.ts';
import { pasteMask } from './paste-mask.ts';
import { rleArea } from './rle/measure.ts';

// Answers of torchvision's paste_masks_in_image: test/golden/ops/README.md.
describe('masks are pasted as torchvision pastes them', async () => {
  it.each(await goldenCases<{ imageSize: [number, number] }>('paste-masks'))(
    '$name',
    async ({ parameters, data }) => {
      const [height, width] = parameters.imageSize;
      const [masks, boxes] = [await data('masks'), await data('boxes')];
      const runs = [...(await data('runs'))];
      const lengths = await data('runCounts');
      lengths.forEach((length, i) => {
        const expected = runs.splice(0, length);
        const pasted = pasteMask(masks.subarray(784 * i, 784 * (i + 1)), boxes.subarray(4 * i, 4 * i + 4), {
          height,
          width,
        });
        expect([...pasted.counts], `mask ${i}`).toEqual(expected);
      });
    },
  );
});

describe('the memory of pasting', () => {
  it('is that of the outlines: 300 masks of a 12-megapixel picture stay below 100 MB', () => {
    const disc = Float32Array.from({ length: 784 }, (_, i) =>
      Math.hypot((i % 28) - 13.5, Math.floor(i / 28) - 13.5) < 12 ? 1 : 0,
    );
    const picture = { height: 3000, width: 4000 };
    const pasted = Array.from({ length: 300 }, (_, i) =>
      pasteMask(disc, [10 * i, 7 * i, 10 * i + 800, 7 * i + 800], picture),
    );
    expect(pasted.every((rle) => rleArea(rle) > 350_000)).toBe(true);
    expect(pasted.reduce((bytes, { counts }) => bytes + counts.byteLength, 0)).toBeLessThan(100e6);
  });
});
