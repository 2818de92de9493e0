import type { Random } from '../../src/core/random.ts';
import { chance, choose } from './choose.ts';
import { type Color, randomColor } from './color.ts';
import {
  cloud,
  type Field,
  type FieldKind,
  gradient,
  marble,
  patches,
  pattern,
  type Size,
  shapes,
} from './fields.ts';

/** `[height, width, 3]` red, green, blue in 0…255. */
export type Canvas = Uint8ClampedArray;

const kinds: readonly FieldKind[] = [gradient, cloud, cloud, marble, pattern, patches, shapes];

/** Paints a surface of one random kind; with probability 1/3, blends a second one over it. */
export function paintBackground(size: Size, random: Random): Canvas {
  const canvas = new Uint8ClampedArray(size.width * size.height * 3);
  lay(canvas, choose(random, kinds)(size, random), { ramp: randomRamp(random), opacity: 1 });
  if (chance(random, 0.35)) {
    const opacity = 0.2 + 0.4 * random.uniform();
    lay(canvas, choose(random, kinds)(size, random), { ramp: randomRamp(random), opacity });
  }
  return canvas;
}

/** Three colours, the outer two often near the first: most surfaces have little contrast. */
function randomRamp(random: Random): readonly Color[] {
  const first = randomColor(random);
  const calm = chance(random, 0.6) ? 0.15 + 0.3 * random.uniform() : 1;
  const toward = (other: Color): Color =>
    first.map((level, channel) => level + calm * (other[channel] - level)) as unknown as Color;
  return [toward(randomColor(random)), first, toward(randomColor(random))];
}

function lay(
  canvas: Canvas,
  field: Field,
  { ramp, opacity }: { ramp: readonly Color[]; opacity: number },
): void {
  const table = new Float32Array(256 * 3);
  for (let step = 0; step < 256; step++) {
    const position = (step / 255) * (ramp.length - 1);
    const from = Math.min(ramp.length - 2, Math.floor(position));
    for (let channel = 0; channel < 3; channel++) {
      const [low, high] = [ramp[from][channel], ramp[from + 1][channel]];
      table[3 * step + channel] = opacity * (low + (position - from) * (high - low));
    }
  }
  for (let pixel = 0, at = 0; pixel < field.length; pixel++) {
    const step = 3 * ((field[pixel] * 255) | 0);
    for (let channel = 0; channel < 3; channel++, at++) {
      canvas[at] = canvas[at] * (1 - opacity) + table[step + channel];
    }
  }
}
