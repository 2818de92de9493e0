import { describe, expect, it } from 'vitest';
import { quantisedBins } from './quantised-bins.ts';

const sizes = (bins: readonly [number, number][]) => bins.map(([from, to]) => to - from);

describe('quantisedBins', () => {
  it('divides 8 pixels into two equal bins and 9 into unequal ones: cells of 16, 20, 20, 25 pixels', () => {
    expect(sizes(quantisedBins(0, 8, 2, 'unequal').bins)).toEqual([4, 4]);
    const nine = sizes(quantisedBins(0, 9, 2, 'unequal').bins);
    expect(nine.flatMap((height) => nine.map((width) => height * width))).toEqual([16, 20, 20, 25]);
  });

  it('makes of 665 px at stride 32 twenty feature pixels, seven bins of two, and drops six', () => {
    const { start, end, bins, dropped } = quantisedBins(0, 665 / 32, 7, 'dropping');
    expect([start, end, dropped]).toEqual([0, 20, 6]);
    expect(sizes(bins)).toEqual(new Array(7).fill(2));
  });

  it('covers the RoI without gaps or overlaps in the unequal form', () => {
    const { start, end, bins } = quantisedBins(3.7, 30.2, 7, 'unequal');
    expect([start, end]).toEqual([3, 30]);
    expect(bins[0][0]).toBe(start);
    expect(bins.at(-1)?.[1]).toBe(end);
    for (let i = 1; i < bins.length; i++) expect(bins[i][0]).toBe(bins[i - 1][1]);
  });

  it('reuses pixels, or loses all, if an RoI has fewer pixels than bins', () => {
    const few = quantisedBins(2.2, 5.9, 7, 'unequal');
    expect(sizes(few.bins)).toEqual(new Array(7).fill(1));
    expect(few.bins.every(([from, to]) => from >= 2 && to <= 5)).toBe(true);
    expect(quantisedBins(2.2, 5.9, 7, 'dropping').dropped).toBe(3);
    expect(quantisedBins(2.2, 2.4, 7, 'unequal').end).toBe(3);
  });

  it('rounds to the nearest pixels, both inside, and lets bins overlap, as implementations do', () => {
    const { start, end, bins, dropped } = quantisedBins(0, 665 / 32, 7, 'overlapping');
    expect([start, end, dropped]).toEqual([0, 22, 0]);
    expect(bins.slice(0, 3)).toEqual([
      [0, 4],
      [3, 7],
      [6, 10],
    ]);
    expect(quantisedBins(0, 8, 2, 'overlapping').bins).toEqual([
      [0, 5],
      [4, 9],
    ]);
  });
});
