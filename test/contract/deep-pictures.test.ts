import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PictureSource } from '../../src/image/picture-source.ts';
import { load } from '../../src/predict/load/node.ts';
import type { Model } from '../../src/predict/model.ts';

const cells = fileURLToPath(new URL('../../docs/images/cells.png', import.meta.url));

let model: Model<PictureSource>;
beforeAll(async () => {
  model = await load('nuclei', { minSize: 256 });
});
afterAll(() => model.dispose());

/** The picture with its values rescaled, as PNG of 16 bits. */
async function rescaled(scale: (value: number) => number): Promise<Buffer> {
  const { data, info } = await sharp(cells).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const png = await sharp(Uint16Array.from(data, scale), { raw: { width, height, channels } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  expect((await sharp(png).metadata()).depth).toBe('ushort');
  return png;
}

it('finds the same instances in 12 bits of a 16-bit PNG as in 8 bits', async () => {
  const shifted = await rescaled((value) => 16 * value);
  const rounded = await rescaled((value) => Math.round((4095 / 255) * value));
  const [expected, same, similar] = await model.predict([cells, shifted, rounded]);
  expect(expected.instances.length).toBeGreaterThan(10);
  expect(same.toJSON()).toEqual(expected.toJSON());
  expect(similar.instances.length).toBe(expected.instances.length);
  // The model computes with eight bits, which a small change of a pixel may move.
  similar.instances.forEach(({ score }, i) => {
    expect(Math.abs(score - expected.instances[i].score)).toBeLessThan(0.05);
  });
});
