import { expect, test } from 'vitest';
import { seededRandom } from '../src/core/random.ts';
import { randomColor, randomShift, shiftColors } from './color.ts';

test('no shift leaves colours as they are', () => {
  const data = Uint8Array.from([200, 100, 50, 255, 40, 30, 20, 60]);
  const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  shiftColors(data, { matrix, offset: 0 });
  expect([...data]).toEqual([200, 100, 50, 255, 40, 30, 20, 60]);
});

test('grey stays grey, and colours stay within their alpha', () => {
  const random = seededRandom(3);
  for (let trial = 0; trial < 50; trial++) {
    const shift = randomShift(random);
    const grey = Uint8Array.from([120, 120, 120, 255]);
    shiftColors(grey, shift);
    expect(Math.max(...grey.subarray(0, 3)) - Math.min(...grey.subarray(0, 3))).toBeLessThanOrEqual(1);
    const faint = Uint8Array.from([90, 0, 100, 100]);
    shiftColors(faint, shift);
    expect(Math.max(...faint)).toBe(100);
  }
});

test('an orange turns no further than to red or yellow', () => {
  const random = seededRandom(4);
  for (let trial = 0; trial < 200; trial++) {
    const orange = Uint8Array.from([245, 145, 20, 255]);
    shiftColors(orange, randomShift(random));
    expect(orange[0]).toBeGreaterThan(orange[2]);
  }
});

test('random colours are colours, of many kinds', () => {
  const random = seededRandom(5);
  const colors = Array.from({ length: 100 }, () => randomColor(random));
  expect(colors.flat().every((level) => level >= 0 && level <= 255)).toBe(true);
  expect(new Set(colors.map(([red, green, blue]) => `${red > green}${green > blue}${blue > red}`)).size).toBe(
    6,
  );
});
