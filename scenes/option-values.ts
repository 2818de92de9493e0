import { InvalidArgumentError } from 'commander';
import { smallestSide } from './compose.ts';
import type { Size } from './fields.ts';
import { isStyleName, type StyleName, styleNames } from './styles.ts';

const longestSide = 4096;

/** Option value: a 32-bit seed, 0 or more. */
export function seed(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value < 2 ** 31) return value;
  throw new InvalidArgumentError('Expected a whole number from 0 to 2147483647.');
}

/** Option value: names of styles, separated by commas, each once. */
export function styleList(text: string): StyleName[] {
  return [...new Set(text.split(','))].map((name) => {
    if (isStyleName(name)) return name;
    throw new InvalidArgumentError(`Expected some of ${styleNames.join(', ')}, got "${name}".`);
  });
}

/** Option value: 384x384, in pixels. */
export function pictureSize(text: string): Size {
  const [, width, height] = (/^(\d+)x(\d+)$/.exec(text) ?? []).map(Number);
  if (Math.min(width, height) >= smallestSide && Math.max(width, height) <= longestSide) {
    return { width, height };
  }
  throw new InvalidArgumentError(`Expected WxH with sides of ${smallestSide} to ${longestSide} pixels.`);
}
