import { expect, test } from 'vitest';
import { pictureSize, seed, styleList } from './option-values.ts';

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

test('a size has two sides that scenes fit into', () => {
  expect(pictureSize('640x480')).toEqual({ width: 640, height: 480 });
  for (const text of ['640', '640x', '95x200', '200x5000', '1e3x200']) {
    expect(() => pictureSize(text)).toThrow('Expected WxH with sides of 96 to 4096 pixels.');
  }
});
