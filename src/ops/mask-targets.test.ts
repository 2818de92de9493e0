import { describe, expect, it } from 'vitest';
import { goldenTensors } from '../../test/support/golden-train.ts';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { maskTargets } from './mask-targets.ts';
import { encodeBitmap } from './rle/bitmap.ts';
import { emptyRle } from './rle/rle.ts';

const golden = await goldenTensors('targets.safetensors');
const size = [60, 80] as const;

describe('mask targets', async () => {
  const bitmaps = Uint8Array.from(await golden('masks.bitmaps'));
  const masks = Array.from({ length: 5 }, (_, i) =>
    encodeBitmap(bitmaps.subarray(i * 4800, (i + 1) * 4800), size),
  );

  it.each([14, 28])('at %i² are those of project_masks_on_boxes', async (side) => {
    const targets = maskTargets(masks, await golden('masks.boxes'), await golden('masks.objects'), side);
    expect(largestDifference(targets, await golden(`masks.targets${side}`))).toBeLessThan(1e-5);
  });

  it('are 0 where the RoI lies beside the mask, and where the mask is empty', () => {
    const boxes = Float32Array.of(2, 2, 30, 30);
    const corner = encodeBitmap(Uint8Array.of(1), [1, 1], { size, left: 79, top: 59 });
    expect(maskTargets([corner], boxes, [0], 4).every((value) => value === 0)).toBe(true);
    expect(maskTargets([emptyRle(...size)], boxes, [0], 4).every((value) => value === 0)).toBe(true);
  });

  it('are empty without RoIs', () => {
    expect(maskTargets(masks, new Float32Array(0), [], 28).length).toBe(0);
  });
});
