import type { Random } from '../../src/core/random.ts';
import { between, chance } from './choose.ts';

/** Red, green, blue in 0…255. */
export type Color = readonly [red: number, green: number, blue: number];

/** A random hue; half of the colours are pale or greyish, like most surfaces. */
export function randomColor(random: Random): Color {
  const saturation = chance(random, 0.5) ? between(random, 0, 0.35) : between(random, 0.2, 0.9);
  const value = between(random, 0.25, 1);
  return fromHue(random.uniform(), saturation, value);
}

/** HSV → RGB. @param hue Turns: 0 is red, 1/3 green, 2/3 blue. @param saturation 0…1. @param value 0…1. */
export function fromHue(hue: number, saturation: number, value: number): Color {
  return [5, 3, 1].map((n) => {
    const k = (n + 6 * hue) % 6;
    return 255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  }) as unknown as Color;
}
