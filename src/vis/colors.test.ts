import { expect, test } from 'vitest';
import { chooseColors, palette } from './colors.ts';

type Box = [number, number, number, number];

/** Steps of 30° between two entries of the palette. */
function hueSteps(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, palette.length - apart);
}

/** WCAG relative luminance. */
function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((v) => (v <= 10.31475 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test('every colour carries black letters and stands out from black and, less, from white', () => {
  for (const color of palette) {
    expect((luminance(color) + 0.05) / 0.05).toBeGreaterThan(7);
    expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThan(1.9);
  }
  expect(new Set(palette.map(String)).size).toBe(palette.length);
});

test('boxes that touch in a grid differ by 60° of hue or more', () => {
  const boxes = Array.from({ length: 100 }, (_, i): Box => {
    const x = (i % 10) * 20;
    const y = Math.floor(i / 10) * 20;
    return [x, y, x + 20, y + 20];
  });
  const colors = chooseColors(boxes);
  boxes.forEach((a, i) => {
    boxes.forEach((b, j) => {
      const sideBySide = Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) === 20;
      if (sideBySide) expect(hueSteps(colors[i], colors[j]), `boxes ${i} and ${j}`).toBeGreaterThanOrEqual(2);
    });
  });
  // No few colours do all the work.
  expect(new Set(colors).size).toBeGreaterThanOrEqual(8);
});

test('a large box differs by 60° or more from all that lie in it', () => {
  const inside = Array.from({ length: 9 }, (_, i): Box => {
    const x = (i % 3) * 30 + 10;
    const y = Math.floor(i / 3) * 30 + 10;
    return [x, y, x + 20, y + 20];
  });
  const colors = chooseColors([...inside, [0, 0, 110, 110]]);
  for (const color of colors.slice(0, 9)) expect(hueSteps(color, colors[9])).toBeGreaterThanOrEqual(2);
});

test('copes with boxes without area and with none at all', () => {
  expect(chooseColors([])).toEqual([]);
  const colors = chooseColors([
    [5, 5, 5, 5],
    [5, 5, 5, 5],
  ]);
  expect(hueSteps(colors[0], colors[1])).toBeGreaterThanOrEqual(2);
});
