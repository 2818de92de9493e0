import { describe, expect, it } from 'vitest';
import { goldenCases } from '../../test/support/golden-ops.ts';
import { assignLevels } from './level-assignment.ts';

interface LevelCase {
  lowest: number;
  highest: number;
  canonicalScale: number;
  canonicalLevel: number;
}

// Answers of torchvision's LevelMapper: test/golden/ops/README.md.
describe('RoIs go to the levels that torchvision gives them', async () => {
  const cases = await goldenCases<LevelCase>('levels');
  const standard = cases.filter(
    ({ parameters }) => parameters.canonicalScale === 224 && parameters.canonicalLevel === 4,
  );

  it.each(standard)('$name', async ({ parameters: { lowest, highest }, data }) => {
    const assigned = assignLevels(await data('boxes'), { first: lowest, last: highest });
    const levels: number[] = [];
    assigned.forEach((indices, i) => {
      for (const index of indices) levels[index] = lowest + i;
    });
    expect(levels).toEqual([...(await data('levels'))]);
  });
});
