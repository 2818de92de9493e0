import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { checkDataset } from '../src/data/check/check-dataset.ts';
import { readCocoDataset } from '../src/data/coco/coco.ts';
import { jointsOf } from '../src/data/coco/joints.ts';
import { decodeToBitmap } from '../src/ops/rle/bitmap.ts';
import { rleArea } from '../src/ops/rle/measure.ts';
import { TestFolder } from '../test/support/folder.ts';
import { drawFigures } from './figures.ts';
import {
  colorCodedShapes,
  crowdedShapes,
  mixedShapes,
  smallShapes,
  stickFigures,
} from './picture-recipes.ts';
import { preparePictures } from './prepare-pictures.ts';
import { drawShapes, shapeCategories } from './shapes.ts';

const folder = new TestFolder();
afterAll(() => folder.remove());

const seeds = Array.from({ length: 30 }, (_, i) => 900 + 31 * i);
const recipes = [mixedShapes, colorCodedShapes, crowdedShapes, smallShapes, stickFigures];
const draw = { shapes: drawShapes, figures: drawFigures };

describe.each(recipes.map((recipe) => [recipe.name, recipe] as const))('%s', (_, recipe) => {
  const drawn = seeds.map((seed) => draw[recipe.kind](recipe, seed));

  it('draws equal pictures of equal seeds', () => {
    expect(draw[recipe.kind](recipe, seeds[0])).toEqual(drawn[0]);
    expect(drawn[1].picture.data).not.toEqual(drawn[0].picture.data);
  });

  it('shows a part of every object, and each pixel has one owner', () => {
    for (const { objects } of drawn) {
      expect(objects.length).toBeGreaterThan(0);
      const owners = new Uint8Array(recipe.side ** 2);
      for (const { mask, visible } of objects) {
        expect(visible).toBeGreaterThanOrEqual(0.4);
        decodeToBitmap(mask).forEach((pixel, i) => {
          owners[i] += pixel;
        });
      }
      expect(Math.max(...owners)).toBe(1);
    }
  });
});

it('hides more in crowded pictures than in mixed ones', () => {
  const hidden = [mixedShapes, crowdedShapes].map((recipe) => {
    const objects = seeds.flatMap((seed) => drawShapes(recipe, seed).objects);
    return objects.filter(({ visible }) => visible < 0.95).length / objects.length;
  });
  expect(hidden[1]).toBeGreaterThan(1.5 * hidden[0]);
});

it('gives each class its own hue if the recipe says so', () => {
  const rightOf = (recipe: typeof mixedShapes) => {
    const found = seeds.flatMap((seed) => {
      const { picture, objects } = drawShapes(recipe, seed);
      return objects.map(({ category, mask }) => {
        const apart = Math.abs(10 * hueOf(meanColor(picture.data, decodeToBitmap(mask))) - category.id);
        return Math.min(apart, 10 - apart) < 0.5;
      });
    });
    return found.filter(Boolean).length / found.length;
  };
  expect(rightOf(colorCodedShapes)).toBeGreaterThan(0.95);
  expect(rightOf(mixedShapes)).toBeLessThan(0.25);
});

it('draws shapes of the area that geometry gives them', () => {
  const recipe = { ...mixedShapes, objects: [1, 1], extents: [80, 80.001] } as const;
  const areas = new Map<string, number>();
  for (let seed = 0; seed < 120; seed++) {
    const [{ category, mask }] = drawShapes(recipe, seed).objects;
    // What the border cuts off is not seen.
    areas.set(category.name, Math.max(areas.get(category.name) ?? 0, rleArea(mask) / 40 ** 2));
  }
  expect([...areas.keys()].sort()).toEqual(shapeCategories.map(({ name }) => name).sort());
  const expected = {
    disc: Math.PI,
    ring: Math.PI * (1 - 0.55 ** 2),
    'half disc': Math.PI / 2,
    square: 2,
    frame: 2 * (1 - 0.6 ** 2),
    triangle: (3 * Math.sqrt(3)) / 4,
    bar: 4 * 0.27 * 0.95,
    cross: 2 * 4 * 0.28 * 0.95 - (2 * 0.28) ** 2,
  };
  for (const [name, area] of Object.entries(expected)) {
    expect(Math.abs(areas.get(name)! / area - 1), name).toBeLessThan(0.03);
  }
});

it('puts the joints on the figure that they belong to', () => {
  for (const { objects } of seeds.map((seed) => drawFigures(stickFigures, seed))) {
    for (const { mask, keypoints = [] } of objects) {
      const bitmap = decodeToBitmap(mask);
      for (let at = 0; at < keypoints.length; at += 3) {
        const [x, y, visibility] = keypoints.slice(at, at + 3);
        expect(Math.min(x, y)).toBeGreaterThan(0);
        expect(Math.max(x, y)).toBeLessThan(stickFigures.side);
        expect(bitmap[Math.floor(y) * stickFigures.side + Math.floor(x)]).toBe(visibility - 1);
      }
    }
  }
});

it('writes data sets that check-data passes, and refuses a folder of another recipe', async () => {
  const recipe = { ...stickFigures, pictures: { train: 3, validation: 2 } };
  const { train, validation } = await preparePictures(recipe, folder.at('figures'));
  for (const [set, count] of [
    [train, 3],
    [validation, 2],
  ] as const) {
    const dataset = await readCocoDataset(set.data);
    expect(dataset.images).toHaveLength(count);
    expect(await checkDataset(dataset, { imagesDir: set.images })).toEqual([]);
    expect(jointsOf(dataset)?.names).toHaveLength(11);
  }
  const [first, other] = [train, validation].map(({ images }) => readFileSync(`${images}/0000.png`));
  expect(first.equals(other)).toBe(false);
  await expect(preparePictures({ ...recipe, side: 96 }, folder.at('figures'))).rejects.toThrow(
    /recipe\.json: is not the recipe of stick-figures/,
  );
});

function meanColor(pixels: Uint8ClampedArray | Uint8Array, bitmap: Uint8Array): number[] {
  const sums = [0, 0, 0];
  bitmap.forEach((inside, pixel) => {
    if (inside) for (const channel of [0, 1, 2]) sums[channel] += pixels[3 * pixel + channel];
  });
  return sums;
}

/** Turns: 0 is red, 1/3 green, 2/3 blue. */
function hueOf([red, green, blue]: number[]): number {
  return (Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) / (2 * Math.PI) + 1) % 1;
}
