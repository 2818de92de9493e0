import type { Random } from '../src/core/random.ts';
import type { Art } from './art.ts';
import type { Canvas } from './backgrounds.ts';
import { choose } from './choose.ts';
import type { Size } from './fields.ts';
import { drawOver } from './paint.ts';
import { randomQuad } from './placement.ts';
import { levelFor } from './texture.ts';
import { warp } from './warp.ts';

/** Draws small, faint objects without a category in rows, as on wrapping paper. */
export function strew(canvas: Canvas, { art, size, random }: { art: Art; size: Size; random: Random }): void {
  const chosen = Array.from({ length: 1 + random.integer(4) }, () =>
    choose(random, choose(random, art.distractors)),
  );
  const step = Math.min(size.width, size.height) * (0.1 + 0.15 * random.uniform());
  const opacity = 0.15 + 0.45 * random.uniform();
  for (let row = 0; row * step < size.height + step; row++) {
    for (let column = 0; column * step < size.width + step; column++) {
      const texture = choose(random, chosen);
      const x = (column + (row % 2 === 0 ? 0 : 0.5)) * step;
      const placement = { x, y: row * step, side: step * (0.45 + 0.3 * random.uniform()) };
      const quad = randomQuad(placement, texture.aspect, random);
      drawOver(canvas, warp(levelFor(texture, placement.side), quad), { width: size.width, opacity });
    }
  }
}
