import { describe, expect, it } from 'vitest';
import { goldenTensors } from '../../test/support/golden-train.ts';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { decodeBoxes, encodeBoxes } from './box-coding.ts';
import { takeBoxes } from './boxes.ts';

const golden = await goldenTensors('targets.safetensors');
const weights = [10, 10, 5, 5] as const;

describe('box coding', async () => {
  const boxes = await golden('roi.objects.boxes');
  const truth = takeBoxes(await golden('roi.objects.truth'), await golden('roi.objects.objects'));

  it('encodes as torchvision does', async () => {
    const deltas = encodeBoxes(truth, boxes, weights);
    // Centres near 200 px are known to 1e-5 px; a background box one pixel wide divides by its width, times
    // 10.
    expect(largestDifference(deltas, await golden('roi.objects.deltas'))).toBeLessThan(1e-4);
  });

  it('decodes what it encoded', () => {
    const decoded = decodeBoxes(boxes, encodeBoxes(truth, boxes, weights), weights);
    // Coordinates up to 224 px in float32: a few units in the last place.
    expect(largestDifference(decoded, truth)).toBeLessThan(1e-4);
  });
});
