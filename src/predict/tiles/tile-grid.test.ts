import { expect, it } from 'vitest';
import { tileRows } from './tile-grid.ts';

it('covers the picture, with at least the overlap between neighbours', () => {
  for (const [width, side, overlap] of [
    [1000, 256, 0.2],
    [257, 256, 0.2],
    [256, 256, 0.5],
    [20_000, 640, 0.9],
    [100, 256, 0.2],
    [999, 333, 0],
  ]) {
    const rows = tileRows({ width, height: 300 }, side, overlap);
    for (const row of rows) {
      expect(row[0].left).toBe(0);
      const last = row[row.length - 1];
      expect(last.left + last.width).toBe(width);
      for (let i = 1; i < row.length; i++) {
        const shared = row[i - 1].left + row[i - 1].width - row[i].left;
        expect(shared).toBeGreaterThanOrEqual(Math.floor(side * overlap));
        expect(row[i].left).toBeGreaterThan(row[i - 1].left);
      }
    }
  }
});
