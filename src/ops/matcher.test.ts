import { describe, expect, it } from 'vitest';
import { goldenTensors } from '../../test/support/golden-train.ts';
import { boxAreas } from './boxes.ts';
import { ambiguous, float32Intersection, intersectionOverUnion, matchBoxes, unmatched } from './matcher.ts';

const golden = await goldenTensors('targets.safetensors');
const options = { foreground: 0.7, background: 0.3, allowLowQuality: true };

describe('matching', () => {
  it.each([0, 1, 2, 3, 4, 5])('is what torchvision decides, ties included (case %i)', async (seed) => {
    const [foreground, low, rescue] = await golden(`matcher.${seed}.thresholds`);
    const matches = matchBoxes(
      await golden(`matcher.${seed}.truth`),
      await golden(`matcher.${seed}.predictions`),
      { foreground, background: low, allowLowQuality: rescue === 1 },
    );
    expect([...matches]).toEqual([...(await golden(`matcher.${seed}.matches`))]);
  });

  it('has the same overlaps to the last bit', async () => {
    const [truth, predictions] = [await golden('matcher.0.truth'), await golden('matcher.0.predictions')];
    const areas = boxAreas(predictions);
    const overlaps = [...boxAreas(truth)].flatMap((area, g) =>
      [...areas].map((other, i) =>
        intersectionOverUnion(float32Intersection(truth.subarray(4 * g), predictions, 4 * i), area, other),
      ),
    );
    expect(Float32Array.from(overlaps)).toEqual(await golden('matcher.0.iou'));
  });

  it('makes everything background without ground truth', () => {
    expect([...matchBoxes(new Float32Array(0), Float32Array.of(0, 0, 4, 4), options)]).toEqual([unmatched]);
  });

  it('rescues the best prediction of an object that overlaps none enough, and no other', () => {
    const predictions = Float32Array.of(0, 0, 10, 10, 3, 0, 13, 10, 50, 50, 60, 60);
    const truth = Float32Array.of(4, 0, 24, 10);
    expect([...matchBoxes(truth, predictions, options)]).toEqual([unmatched, 0, unmatched]);
    expect([...matchBoxes(truth, predictions, { ...options, allowLowQuality: false })]).toEqual([
      unmatched,
      ambiguous,
      unmatched,
    ]);
  });

  it('gives no prediction to an object that overlaps none', () => {
    const truth = Float32Array.of(90, 90, 99, 99);
    expect([...matchBoxes(truth, Float32Array.of(0, 0, 10, 10), options)]).toEqual([unmatched]);
  });
});
