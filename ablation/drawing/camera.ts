import type { Random } from '../../src/core/random.ts';
import { between, chance } from './choose.ts';

/** Varies contrast, brightness and tint of the whole picture, like different cameras and lamps. */
export function expose(canvas: Uint8ClampedArray, random: Random): void {
  const contrast = between(random, 0.75, 1.15);
  const brightness = between(random, -18, 18);
  const tint = [0, 1, 2].map(() => between(random, 0.94, 1.06));
  const tables = tint.map((factor) =>
    Uint8ClampedArray.from(
      { length: 256 },
      (_, level) => factor * (128 + contrast * (level - 128) + brightness),
    ),
  );
  for (let at = 0; at < canvas.length; at++) canvas[at] = tables[at % 3][canvas[at]];
}

/** Adds camera noise with probability 1/2, with a standard deviation of up to about 9 levels of 255. */
export function addNoise(canvas: Uint8ClampedArray, random: Random): void {
  if (!chance(random, 0.5)) return;
  const strength = 9 * random.uniform() ** 2;
  // A table of normally distributed numbers, read from a random position: drawing a new one per pixel would be too slow.
  const table = Float32Array.from({ length: 4096 }, () => strength * random.normal());
  for (let at = 0; at < canvas.length; at += 16) {
    const start = random.integer(table.length - 16);
    for (let i = 0; i < 16; i++) canvas[at + i] += table[start + i];
  }
}
