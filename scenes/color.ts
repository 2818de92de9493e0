import type { Random } from '../src/core/random.ts';
import { between, chance } from './choose.ts';

/** Red, green, blue in 0…255. */
export type Color = readonly [red: number, green: number, blue: number];

/** An affine map of colours: row-major 3 × 3 matrix and offset, in levels of 255. */
export interface ColorShift {
  readonly matrix: readonly number[];
  readonly offset: number;
}

/** Luma weights of Rec. 709, as SVG's `feColorMatrix` rounds them. */
const luma = [0.213, 0.715, 0.072];

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

/** A small change of hue, saturation and brightness that preserves typical colours: a carrot stays orange. */
export function randomShift(random: Random): ColorShift {
  const hue = (Math.PI / 180) * Math.max(-20, Math.min(20, 8 * random.normal()));
  const saturation = between(random, 0.6, 1.25);
  const gain = between(random, 0.75, 1.15);
  const matrix = multiply(hueRotation(hue), saturate(saturation)).map((element) => element * gain);
  return { matrix, offset: between(random, -10, 15) };
}

/** Shifts premultiplied RGBA in place; colours stay at most their alpha. */
export function shiftColors(data: Uint8Array, { matrix: m, offset }: ColorShift): void {
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3];
    if (alpha === 0) continue;
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    const add = (offset * alpha) / 255 + 0.5;
    for (let channel = 0; channel < 3; channel++) {
      const row = 3 * channel;
      const value = m[row] * red + m[row + 1] * green + m[row + 2] * blue + add;
      data[at + channel] = value < 0 ? 0 : value > alpha ? alpha : value;
    }
  }
}

/** SVG's `feColorMatrix` of type `hueRotate`: keeps the luma. */
function hueRotation(angle: number): number[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const around = [-luma[0], -luma[1], 1 - luma[2], 0.143, 0.14, -0.283, luma[0] - 1, luma[1], luma[2]];
  return around.map((s, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return luma[column] + cos * ((row === column ? 1 : 0) - luma[column]) + sin * s;
  });
}

function saturate(amount: number): number[] {
  return Array.from({ length: 9 }, (_, index) => {
    const same = Math.floor(index / 3) === index % 3 ? 1 : 0;
    return luma[index % 3] * (1 - amount) + amount * same;
  });
}

function multiply(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return a[3 * row] * b[column] + a[3 * row + 1] * b[3 + column] + a[3 * row + 2] * b[6 + column];
  });
}
