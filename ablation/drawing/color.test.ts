import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { randomColor } from './color.ts';

test('random colours are colours, of many kinds', () => {
  const random = seededRandom(5);
  const colors = Array.from({ length: 100 }, () => randomColor(random));
  expect(colors.flat().every((level) => level >= 0 && level <= 255)).toBe(true);
  expect(new Set(colors.map(([red, green, blue]) => `${red > green}${green > blue}${blue > red}`)).size).toBe(
    6,
  );
});
