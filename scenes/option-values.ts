import { InvalidArgumentError } from 'commander';
import { fewestObjects, smallestSide } from './compose.ts';
import type { Size } from './fields.ts';
import type { ObjectCount } from './placement.ts';
import { isStyleName, type StyleName, styleNames } from './styles.ts';

const longestSide = 4096;
/** More objects than fit into any scene. */
const mostObjects = 200;

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

/** Option value: 5-12, or 8 for 8-8. */
export function objectCount(text: string): ObjectCount {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [fewest, most] = [Number(first), Number(last)];
  if (fewest >= fewestObjects && fewest <= most && most <= mostObjects) return { fewest, most };
  throw new InvalidArgumentError(`Expected two numbers from ${fewestObjects} to ${mostObjects}, as in 5-12.`);
}

/** Option value: 384x384, in pixels. */
export function pictureSize(text: string): Size {
  const [, width, height] = (/^(\d+)x(\d+)$/.exec(text) ?? []).map(Number);
  if (Math.min(width, height) >= smallestSide && Math.max(width, height) <= longestSide) {
    return { width, height };
  }
  throw new InvalidArgumentError(`Expected WxH with sides of ${smallestSide} to ${longestSide} pixels.`);
}
