import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { heatMap, logitMap, rangeOf } from './heat-map.ts';

function pixels(uri: string): number[][] {
  expect(uri).toMatch(/^data:image\/png;base64,/);
  const { data, width, height } = decode(Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64'));
  return Array.from({ length: width * height }, (_, i) => [...data.slice(3 * i, 3 * i + 3)]);
}
const luminance = ([r, g, b]: number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

describe('heatMap', () => {
  it('gets brighter with the value, one pixel a value, and stops at the ends of the range', () => {
    const values = [-1, 0, 0.25, 0.5, 0.75, 1, 2];
    const shades = pixels(heatMap({ rows: 1, columns: 7, values }, { low: 0, high: 1 })).map(luminance);
    for (let i = 2; i < 6; i++) expect(shades[i]).toBeGreaterThan(shades[i - 1]);
    expect(shades[0]).toBe(shades[1]);
    expect(shades[6]).toBe(shades[5]);
  });

  it('shows a constant grid, and a grid in its rows', () => {
    const constant = pixels(heatMap({ rows: 2, columns: 2, values: [3, 3, 3, 3] }));
    expect(new Set(constant.map(String)).size).toBe(1);
    const rows = pixels(heatMap({ rows: 2, columns: 1, values: [0, 1] }));
    expect(luminance(rows[1])).toBeGreaterThan(luminance(rows[0]));
  });
});

describe('logitMap', () => {
  it('is blue below 0, near white at 0 and red above', () => {
    const [below, zero, above] = pixels(logitMap({ rows: 1, columns: 3, values: [-4, 0, 4] }, 4));
    expect(below[2]).toBeGreaterThan(below[0]);
    expect(Math.min(...zero)).toBeGreaterThan(230);
    expect(above[0]).toBeGreaterThan(above[2]);
  });
});

describe('rangeOf', () => {
  it('finds the ends, of an empty grid too', () => {
    expect(rangeOf([3, -1, 2])).toEqual({ low: -1, high: 3 });
    expect(rangeOf([])).toEqual({ low: 0, high: 0 });
  });
});
