import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawNuclei } from '../../examples/demo/draw-nuclei.ts';
import type { PictureSource } from '../../src/image/picture-source.ts';
import type { Prediction } from '../../src/predict/instance.ts';
import { load } from '../../src/predict/load/node.ts';
import type { Model } from '../../src/predict/model.ts';

/** Later ones are larger and smaller than those before, so that memory grows and is only partly written. */
const pictures = [
  [160, 120],
  [320, 200],
  [96, 144],
].map(([width, height], seed) => {
  const { picture } = drawNuclei({ width, height, count: 12, seed });
  return { ...picture, channels: 3 } as const;
});

let model: Model<PictureSource>;
beforeAll(async () => {
  model = await load('nuclei');
});
afterAll(() => model.dispose());

it('finds the same in memory that earlier pictures have used, one by one and at the same time', async () => {
  const options = { score: 0.3 };
  const first = await Promise.all(
    pictures.map(async (picture) => {
      const fresh = await load('nuclei');
      const prediction = await fresh.predict(picture, options);
      await fresh.dispose();
      return plain(prediction);
    }),
  );
  expect(first.every((instances) => instances.length > 2)).toBe(true);
  expect((await model.predict(pictures, options)).map(plain)).toEqual(first);
  const together = await Promise.all(pictures.map((picture) => model.predict(picture, options)));
  expect(together.map(plain)).toEqual(first);
});

const plain = ({ instances }: Prediction) =>
  instances.map(({ score, box, mask }) => ({ score, box, counts: mask?.rle }));
