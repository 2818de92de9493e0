import { describe, expect, it } from 'vitest';
import { goldenCases } from '../../test/support/golden-ops.ts';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { anchorCount, anchorGrid, anchorsAt, baseAnchors } from './anchors.ts';

interface AnchorCase {
  /** Padded height, width. */
  imageSize: [number, number];
  mapSizes: [number, number][];
  sizes: number[][];
  aspectRatios: number[];
  step: number;
}

// Results of torchvision: test/golden/ops/README.md.
describe('anchors are those of torchvision', async () => {
  it.each(await goldenCases<AnchorCase>('anchors'))('$name', async ({ parameters, data }) => {
    const { imageSize, mapSizes, sizes, aspectRatios, step } = parameters;
    const bases = sizes.map((levelSizes) => baseAnchors(levelSizes, aspectRatios));
    expect(bases.flatMap((base) => [...base])).toEqual([...(await data('bases'))]);

    const all = mapSizes.flatMap(([rows, columns], level) => {
      const grid = anchorGrid(bases[level], { rows, columns }, { height: imageSize[0], width: imageSize[1] });
      return [...anchorsAt(grid, [...Array(anchorCount(grid)).keys()])];
    });
    expect(all.length / 4).toBe((await data('count'))[0]);
    const sampled = all.filter((_, i) => Math.floor(i / 4) % step === 0);
    expect(largestDifference(sampled, await data('anchors'))).toBe(0);
  });
});
