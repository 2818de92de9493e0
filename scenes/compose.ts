import { UsageError } from '../src/core/errors.ts';
import { type Random, seededRandom } from '../src/core/random.ts';
import { type Picture, toPicture } from '../src/image/picture.ts';
import { encodeBitmap } from '../src/ops/rle/bitmap.ts';
import { rleBox } from '../src/ops/rle/measure.ts';
import type { Rle } from '../src/ops/rle/rle.ts';
import type { Art } from './art.ts';
import type { ArtCategory } from './art-table.ts';
import { paintBackground } from './backgrounds.ts';
import { chance, choose } from './choose.ts';
import { strew } from './clutter.ts';
import { randomShift, shiftColors } from './color.ts';
import type { Size } from './fields.ts';
import { addNoise, drawOver, expose } from './paint.ts';
import { type ObjectCount, type Placement, placeObjects, randomQuad } from './placement.ts';
import type { Quad } from './projective.ts';
import { levelFor, type Texture } from './texture.ts';
import { resolveVisibility } from './visibility.ts';
import { type Layer, warp } from './warp.ts';

export interface SceneOptions {
  /** 32-bit integer; equal seeds and art give equal scenes. */
  readonly seed: number;
  /** Pixels, by default 384 × 384. */
  readonly width?: number;
  readonly height?: number;
  /** Number of objects placed, by default 5 to 12, including distractors and objects hidden by others. */
  readonly thrown?: ObjectCount;
}

/** An object of a scene with its ground truth. */
export interface TrueObject {
  /** COCO's id and name. */
  readonly category: { readonly id: number; readonly name: string };
  /** x1, y1, x2, y2 of the visible mask in pixels, exclusive right and bottom. */
  readonly box: readonly [number, number, number, number];
  /** The visible pixels of the object, including its holes. */
  readonly mask: Rle;
  /** Visible part of the object, 0…1; the part outside the picture counts as hidden. */
  readonly visible: number;
}

export interface Scene {
  readonly picture: Picture;
  /** The farthest first. */
  readonly objects: readonly TrueObject[];
}

/** One layer of the stack; `category` is null for distractors. */
interface Item {
  readonly category: ArtCategory | null;
  readonly layer: Layer;
  readonly shadow: { readonly layer: Layer; readonly strength: number } | null;
}

/**
 * Objects with less than this visible area in pixels or visible fraction are removed from the scene.
 */
const least = { area: 120, fraction: 0.28 };
/** Minimum number of visible objects with a category. */
export const fewestObjects = 3;
/** Probability of a distractor. */
const distractorShare = 0.12;
/** Probability of a background with small distractors. */
const clutterShare = 0.2;

export const defaultThrown: ObjectCount = { fewest: 5, most: 12 };

/** In pixels; in a smaller picture hardly any object would reach `least.area`. */
export const smallestSide = 96;

/**
 * Composes a scene of overlapping objects on a random surface. Masks cover the visible pixels: nearer
 * objects hide those behind them.
 * @throws UsageError if a side is shorter than `smallestSide`.
 */
export function composeScene(art: Art, options: SceneOptions): Scene {
  const { seed, width = 384, height = 384, thrown = defaultThrown } = options;
  const size = { width, height };
  if (!(Math.min(width, height) >= smallestSide)) {
    throw new UsageError(`a scene needs sides of at least ${smallestSide} pixels, got ${width}×${height}`);
  }
  const random = seededRandom(seed);
  const canvas = paintBackground(size, random);
  if (chance(random, clutterShare)) strew(canvas, { art, size, random });
  const { items, visible, owner } = stack(art, { size, thrown }, random);
  for (const { index } of visible) {
    const { layer, shadow } = items[index];
    if (shadow) drawOver(canvas, shadow.layer, { width, opacity: shadow.strength });
    drawOver(canvas, layer, { width, opacity: 1 });
  }
  expose(canvas, random);
  addNoise(canvas, random);
  const objects = visible.flatMap(({ index, fraction }): TrueObject[] => {
    const { category, layer } = items[index];
    if (!category) return [];
    const mask = maskOf(owner, index, { layer, size });
    const { id, name } = category;
    const [x, y, w, h] = rleBox(mask);
    return [{ category: { id, name }, box: [x, y, x + w, y + h], mask, visible: fraction }];
  });
  return { picture: toPicture({ width, height, data: canvas, channels: 3 }), objects };
}

/** Places objects in the scene; starts over if too few of them remain visible. */
function stack(art: Art, { size, thrown }: { size: Size; thrown: ObjectCount }, random: Random) {
  for (;;) {
    const items = placeObjects(size, thrown, random).map((placement) => randomItem(placement, art, random));
    const layers = items.map(({ layer }) => layer);
    const { visible, owner } = resolveVisibility(layers, size, least);
    const named = visible.filter(({ index }) => items[index].category);
    if (named.length >= fewestObjects) return { items, visible, owner };
  }
}

function randomItem(placement: Placement, art: Art, random: Random): Item {
  const [category, texture] = randomTexture(art, random);
  const quad = randomQuad(placement, texture.aspect, random);
  const layer = warp(levelFor(texture, placement.side), quad);
  shiftColors(layer.data, randomShift(random));
  return { category, layer, shadow: randomShadow(texture, quad, random) };
}

/** Uniform over categories, then over the styles that have it, then over emoji. */
function randomTexture(art: Art, random: Random): readonly [ArtCategory | null, Texture] {
  if (chance(random, distractorShare)) return [null, choose(random, choose(random, art.distractors))];
  const { category, styles } = choose(random, art.categories);
  const having = styles.filter((textures) => textures.length > 0);
  return [category, choose(random, choose(random, having))];
}

/** Two in three objects cast a shadow, with light from the top. */
function randomShadow(texture: Texture, quad: Quad, random: Random): Item['shadow'] {
  const [dx, dy] = [0.05 * random.normal(), 0.02 + 0.06 * random.uniform()];
  const strength = 0.25 + 0.4 * random.uniform();
  if (!chance(random, 0.65)) return null;
  const reach = Math.hypot(quad[2][0] - quad[0][0], quad[2][1] - quad[0][1]);
  const moved = quad.map(([x, y]) => [x + dx * reach, y + dy * reach]) as unknown as Quad;
  return { layer: warp(texture.shadow, moved), strength };
}

function maskOf(owner: Int16Array, index: number, { layer, size }: { layer: Layer; size: Size }): Rle {
  const { left, top, width, height } = layer;
  const bitmap = new Uint8Array(width * height);
  for (let row = Math.max(0, -top); row < Math.min(height, size.height - top); row++) {
    for (let column = Math.max(0, -left); column < Math.min(width, size.width - left); column++) {
      const pixel = (top + row) * size.width + left + column;
      if (owner[pixel] === index) bitmap[row * width + column] = 1;
    }
  }
  return encodeBitmap(bitmap, [height, width], { size: [size.height, size.width], left, top });
}
