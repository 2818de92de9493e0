import { describe, expect, it } from 'vitest';
import { goldenCases } from '../../test/support/golden-ops.ts';
import { assignLevels } from './level-assignment.ts';

interface LevelCase {
  lowest: number;
  highest: number;
  canonicalScale: number;
  canonicalLevel: number;
}

// Results of torchvision's LevelMapper: test/golden/ops/README.md.
describe('RoIs go to the levels that torchvision gives them', async () => {
  const cases = await goldenCases<LevelCase>('levels');
  const withP4 = cases.filter(({ parameters }) => parameters.canonicalLevel === 4);

  it.each(withP4)('$name', async ({ parameters: { lowest, highest, canonicalScale }, data }) => {
    const range = { first: lowest, last: highest, canonicalSize: canonicalScale };
    const assigned = assignLevels(await data('boxes'), range);
    const levels: number[] = [];
    assigned.forEach((indices, i) => {
      for (const index of indices) levels[index] = lowest + i;
    });
    expect(levels).toEqual([...(await data('levels'))]);
  });
});
