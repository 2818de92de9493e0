import { type Random, seededRandom } from '../src/core/random.ts';
import type { CocoCategory } from '../src/data/coco/types.ts';
import { between, choose, logBetween } from './drawing/choose.ts';
import { type Color, fromHue, randomColor } from './drawing/color.ts';
import type { DrawnPicture } from './drawn-picture.ts';
import type { PictureSetRecipe } from './recipe.ts';
import { type Outline, Stack } from './stack.ts';

/** Whether a point of the unit disc belongs to a shape. */
type Inside = (u: number, v: number) => boolean;

/** A regular polygon whose corners lie on the unit circle. */
const regular = (corners: number): Inside => {
  const inner = Math.cos(Math.PI / corners);
  const sides = Array.from({ length: corners }, (_, i) => (2 * Math.PI * i) / corners);
  return (u, v) => sides.every((angle) => u * Math.cos(angle) + v * Math.sin(angle) <= inner);
};

const inDisc: Inside = (u, v) => u * u + v * v <= 1;
const inSquare = regular(4);

/** Five points: the boundary is nearer to the centre between them. */
const inStar: Inside = (u, v) => {
  const fifth = (2 * Math.PI) / 5;
  const angle = (Math.atan2(v, u) + 2 * Math.PI) % fifth;
  return Math.hypot(u, v) <= 1 - 0.6 * (1 - Math.abs(angle - fifth / 2) / (fifth / 2));
};

/** Name → form. Some contain others or lack a part of them, so that the mask depends on the class. */
const forms: Readonly<Record<string, Inside>> = {
  disc: inDisc,
  ring: (u, v) => inDisc(u, v) && Math.hypot(u, v) >= 0.55,
  crescent: (u, v) => inDisc(u, v) && Math.hypot(u - 0.45, v) >= 0.75,
  'half disc': (u, v) => inDisc(u, v) && v >= 0,
  square: inSquare,
  frame: (u, v) => inSquare(u, v) && !inSquare(u / 0.6, v / 0.6),
  triangle: regular(3),
  star: inStar,
  cross: (u, v) => Math.min(Math.abs(u), Math.abs(v)) <= 0.28 && Math.max(Math.abs(u), Math.abs(v)) <= 0.95,
  bar: (u, v) => Math.abs(v) <= 0.27 && Math.abs(u) <= 0.95,
};

/** The ten categories that {@link drawShapes} draws. */
export const shapeCategories: readonly CocoCategory[] = Object.keys(forms).map((name, i) => ({
  id: i + 1,
  name,
}));

/**
 * Overlapping shapes at any angle, of any colour unless the recipe gives each class its hue.
 * @param seed 32-bit integer; equal seeds draw equal pictures.
 */
export function drawShapes(
  { side, objects, extents, hueOfClass }: PictureSetRecipe,
  seed: number,
): DrawnPicture {
  const random = seededRandom(seed);
  const stack = new Stack(side, random);
  const drawn: CocoCategory[] = [];
  for (let left = objects[0] + random.integer(objects[1] - objects[0] + 1); left > 0; left--) {
    const category = choose(random, shapeCategories);
    const radius = logBetween(random, ...extents) / 2;
    // At most a fifth of a diameter lies outside.
    const [x, y] = [0, 1].map(() => between(random, 0.6 * radius, side - 0.6 * radius));
    const angle = 2 * Math.PI * random.uniform();
    const outline = placed(forms[category.name], { x, y, radius, angle });
    if (stack.paint(outline, hueOfClass ? colorsOf(category) : randomColor)) drawn.push(category);
  }
  const found = drawn.map((category, i) => ({ category, mask: stack.mask(i), visible: stack.visible(i) }));
  return { picture: stack.photograph(), objects: found };
}

/** Saturated colours around the hue of a class, ± 1/40 turn. */
const colorsOf =
  ({ id }: CocoCategory) =>
  (random: Random): Color =>
    fromHue(
      (id + between(random, -0.25, 0.25)) / shapeCategories.length,
      between(random, 0.5, 0.95),
      between(random, 0.5, 1),
    );

function placed(inside: Inside, place: { x: number; y: number; radius: number; angle: number }): Outline {
  const { x, y, radius, angle } = place;
  const [cos, sin] = [Math.cos(angle) / radius, Math.sin(angle) / radius];
  return {
    bounds: [x - radius, y - radius, x + radius, y + radius],
    covers: (px, py) => inside(cos * (px - x) + sin * (py - y), cos * (py - y) - sin * (px - x)),
  };
}
