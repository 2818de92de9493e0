import { encode } from 'fast-png';
import type { Grid } from '../../explanation/plain.ts';
import type { Rgb } from '../colors.ts';

/** From low to high; lightness increases monotonically, so that it is readable in greyscale. */
const sequential: readonly Rgb[] = [
  [24, 18, 52],
  [52, 52, 122],
  [36, 110, 146],
  [46, 162, 128],
  [156, 206, 82],
  [253, 240, 168],
];

/** From negative through zero to positive. */
const diverging: readonly Rgb[] = [
  [26, 74, 158],
  [122, 168, 218],
  [244, 243, 240],
  [238, 158, 108],
  [178, 42, 34],
];

/** The values mapped to the first and the last colour. */
export interface ColourRange {
  low: number;
  high: number;
}

/** The smallest and the largest value; both 0 for an empty grid. */
export function rangeOf(values: readonly number[]): ColourRange {
  if (values.length === 0) return { low: 0, high: 0 };
  return values.reduce(
    ({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }),
    {
      low: Number.POSITIVE_INFINITY,
      high: Number.NEGATIVE_INFINITY,
    },
  );
}

/** A grid as a PNG data URI, one pixel per value, dark to bright. */
export function heatMap(grid: Grid, range: ColourRange = rangeOf(grid.values)): string {
  return paint(grid, range, sequential);
}

/** Logits as a PNG data URI: blue is negative, white 0, red positive. */
export function logitMap(grid: Grid, limit: number): string {
  return paint(grid, { low: -limit, high: limit }, diverging);
}

function paint({ rows, columns, values }: Grid, { low, high }: ColourRange, colours: readonly Rgb[]): string {
  const data = new Uint8Array(values.length * 3);
  const span = high > low ? high - low : 1;
  values.forEach((value, i) => {
    const position = Math.min(Math.max((value - low) / span, 0), 1) * (colours.length - 1);
    const before = Math.min(Math.floor(position), colours.length - 2);
    for (let c = 0; c < 3; c++) {
      const from = colours[before][c];
      data[3 * i + c] = Math.round(from + (colours[before + 1][c] - from) * (position - before));
    }
  });
  return pngUri(encode({ width: columns, height: rows, data, channels: 3, depth: 8 }));
}

function pngUri(png: Uint8Array): string {
  let bytes = '';
  for (const byte of png) bytes += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(bytes)}`;
}
