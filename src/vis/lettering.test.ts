import sharp from 'sharp';
import { expect, test } from 'vitest';
import { capitalHeight, textPath, textWidth } from './lettering.ts';

/** The columns and rows in which a rendered path has ink, as [left, top, right, bottom]. */
async function inkOf(path: string): Promise<number[]> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100"><path d="${path}"/></svg>`;
  const { data } = await sharp(Buffer.from(svg))
    .extractChannel('alpha')
    .raw()
    .toBuffer({ resolveWithObject: true });
  let [left, top, right, bottom] = [400, 100, 0, 0];
  data.forEach((alpha, i) => {
    if (alpha < 128) return;
    const x = i % 400;
    const y = Math.floor(i / 400);
    [left, top, right, bottom] = [
      Math.min(left, x),
      Math.min(top, y),
      Math.max(right, x + 1),
      Math.max(bottom, y + 1),
    ];
  });
  return [left, top, right, bottom];
}

test('letters stand on the baseline, as wide and as high as measured', async () => {
  const text = 'HEN 0123';
  const [left, top, right, bottom] = await inkOf(textPath(text, [10, 80], 40));
  expect(left).toBeGreaterThanOrEqual(10);
  expect(left).toBeLessThan(16);
  expect(right).toBeGreaterThan(10 + textWidth(text, 40) - 6);
  expect(right).toBeLessThanOrEqual(10 + textWidth(text, 40));
  expect(Math.abs(bottom - 80)).toBeLessThanOrEqual(1);
  expect(Math.abs(top - (80 - capitalHeight * 40))).toBeLessThanOrEqual(1);
});

test('width is proportional to size', () => {
  expect(textWidth('traffic light', 30)).toBeCloseTo(3 * textWidth('traffic light', 10), 6);
});

test.each(['Zellkern äöüß', 'šížňą', 'πυρήνας', 'ядро', 'nhân tế bào'])('has letters for %s', (text) => {
  const question = textPath('?', [0, 0], 10);
  for (const letter of text.replaceAll(' ', '')) {
    const path = textPath(letter, [0, 0], 10);
    expect(path, letter).toMatch(/^M/);
    expect(path, letter).not.toBe(question);
  }
});

test('other letters become question marks', () => {
  expect(textPath('核', [0, 0], 10)).toBe(textPath('?', [0, 0], 10));
});
