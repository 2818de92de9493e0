import { expect, test } from 'vitest';
import { objectCount, pictureSize, seed, styleList } from './option-values.ts';

test('a seed is a whole number of 31 bits', () => {
  expect(seed('0')).toBe(0);
  expect(seed('2147483647')).toBe(2147483647);
  for (const text of ['', '-1', '1.5', '2147483648', 'one']) {
    expect(() => seed(text)).toThrow('Expected a whole number from 0 to 2147483647.');
  }
});

test('styles are named, each once', () => {
  expect(styleList('noto,twemoji,noto')).toEqual(['noto', 'twemoji']);
  expect(() => styleList('noto,notto')).toThrow('streamline, emojione, got "notto"');
  expect(() => styleList('toString')).toThrow('got "toString"');
});

test('the number of objects is a number or a range', () => {
  expect(objectCount('8')).toEqual({ fewest: 8, most: 8 });
  expect(objectCount('5-12')).toEqual({ fewest: 5, most: 12 });
  for (const text of ['', '5-', '-5', '2-9', '9-5', '5-201', '5-12-20']) {
    expect(() => objectCount(text)).toThrow('Expected two numbers from 3 to 200, as in 5-12.');
  }
});

test('a size has two sides that scenes fit into', () => {
  expect(pictureSize('640x480')).toEqual({ width: 640, height: 480 });
  for (const text of ['640', '640x', '95x200', '200x5000', '1e3x200']) {
    expect(() => pictureSize(text)).toThrow('Expected WxH with sides of 96 to 4096 pixels.');
  }
});
