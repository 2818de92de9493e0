import { expect, test } from 'vitest';
import { decodeToBitmap } from '../src/ops/rle/bitmap.ts';
import { rleArea } from '../src/ops/rle/measure.ts';
import { loadArt } from './art.ts';
import { composeScene, type Scene, smallestSide } from './compose.ts';
import type { Raster, Texture } from './texture.ts';

const art = await loadArt(['twemoji']);
const seeds = Array.from({ length: 12 }, (_, seed) => seed);
const scenes = seeds.map((seed) => composeScene(art, { seed, width: 256, height: 192 }));

test('equal seeds compose equal scenes, others do not', () => {
  const { picture, objects } = composeScene(art, { seed: 3, width: 256, height: 192 });
  expect(objects).toEqual(scenes[3].objects);
  expect(Buffer.compare(picture.data, scenes[3].picture.data)).toBe(0);
  expect(Buffer.compare(picture.data, scenes[4].picture.data)).not.toBe(0);
});

test('every scene has objects, of many categories, partly hidden by each other', () => {
  for (const { objects } of scenes) expect(objects.length).toBeGreaterThanOrEqual(3);
  const objects = scenes.flatMap((scene) => scene.objects);
  expect(new Set(objects.map(({ category }) => category.name)).size).toBeGreaterThan(25);
  const hidden = objects.filter(({ visible }) => visible < 0.95);
  expect(hidden.length / objects.length).toBeGreaterThan(0.15);
  for (const { visible } of objects) expect(visible).toBeGreaterThanOrEqual(0.28);
});

test('a scene can contain more objects', () => {
  const found = (fewest: number, most: number) =>
    seeds
      .map(
        (seed) =>
          composeScene(art, { seed, width: 256, height: 192, thrown: { fewest, most } }).objects.length,
      )
      .reduce((sum, count) => sum + count);
  const few = found(5, 5);
  expect(few).toBeLessThanOrEqual(5 * seeds.length);
  expect(found(20, 20)).toBeGreaterThan(1.5 * few);
});

test('masks share no pixel and fill their boxes', () => {
  for (const { objects } of scenes) {
    const covered = new Uint8Array(256 * 192);
    let shared = 0;
    for (const { mask, box } of objects) {
      const reached = [256, 192, 0, 0];
      expect(rleArea(mask)).toBeGreaterThanOrEqual(120);
      decodeToBitmap(mask).forEach((inside, at) => {
        if (!inside) return;
        shared += covered[at];
        covered[at] = 1;
        const [x, y] = [at % 256, Math.floor(at / 256)];
        reached[0] = Math.min(reached[0], x);
        reached[1] = Math.min(reached[1], y);
        reached[2] = Math.max(reached[2], x + 1);
        reached[3] = Math.max(reached[3], y + 1);
      });
      expect([...box]).toEqual(reached);
    }
    expect(shared).toBe(0);
  }
});

test('masks are where the objects are in the picture', () => {
  // The same scenes in art of another colour: what differs is what the objects cover.
  const repainted = {
    ...art,
    categories: art.categories.map((one) => ({ ...one, styles: one.styles.map((all) => all.map(invert)) })),
  };
  for (const seed of seeds) {
    const other = composeScene(repainted, { seed, width: 256, height: 192 });
    expect(other.objects).toEqual(scenes[seed].objects);
    const differs = differences(scenes[seed], other);
    const inMask = unionOf(scenes[seed]);
    const near = grow(inMask, 256, 2);
    let [same, far] = [0, 0];
    inMask.forEach((inside, at) => {
      if (inside && !differs[at]) same++;
      if (differs[at] && !near[at]) far++;
    });
    const area = inMask.reduce((sum, inside) => sum + inside, 0);
    // Middle greys hardly change when they are inverted; lines thinner than a pixel are nowhere solid.
    expect(same).toBeLessThan(0.06 * area);
    expect(far).toBeLessThan(0.005 * area);
  }
});

test('a picture without room is refused', () => {
  const tooSmall = { seed: 1, width: smallestSide, height: smallestSide - 1 };
  expect(() => composeScene(art, tooSmall)).toThrow('sides of at least 96 pixels, got 96×95');
});

/** The negative: 255 − colour, premultiplied. */
function invert(texture: Texture): Texture {
  const negative = (raster: Raster): Raster => ({
    ...raster,
    data: raster.data.map((value, at) => (at % 4 === 3 ? value : raster.data[at - (at % 4) + 3] - value)),
  });
  return { ...texture, levels: texture.levels.map(negative) };
}

function differences(a: Scene, b: Scene): Uint8Array {
  const differs = new Uint8Array(a.picture.data.length / 3);
  a.picture.data.forEach((level, at) => {
    if (level !== b.picture.data[at]) differs[Math.floor(at / 3)] = 1;
  });
  return differs;
}

function unionOf({ picture, objects }: Scene): Uint8Array {
  const union = new Uint8Array(picture.width * picture.height);
  for (const { mask } of objects) {
    decodeToBitmap(mask).forEach((inside, at) => {
      union[at] |= inside;
    });
  }
  return union;
}

/** Adds pixels within `steps` of the mask, along rows and columns. */
function grow(mask: Uint8Array, width: number, steps: number): Uint8Array {
  let grown = mask;
  for (let step = 0; step < steps; step++) {
    const before = grown;
    grown = before.map((inside, at) =>
      inside || before[at - 1] || before[at + 1] || before[at - width] || before[at + width] ? 1 : 0,
    );
  }
  return grown;
}
