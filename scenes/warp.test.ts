import { expect, test } from 'vitest';
import type { Quad } from './projective.ts';
import type { Raster } from './texture.ts';
import { warp } from './warp.ts';

/** Texel (x, y) is (10x, 10y, 0, 255) inside; the border is transparent, as textures' margins are. */
function ramp(side: number): Raster {
  const data = new Uint8Array(side * side * 4);
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) data.set([10 * x, 10 * y, 0, 255], 4 * (y * side + x));
  }
  return { width: side, height: side, data };
}

const box = (left: number, top: number, right: number, bottom: number): Quad => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

const pixel = (layer: ReturnType<typeof warp>, x: number, y: number) => {
  const at = 4 * ((y - layer.top) * layer.width + x - layer.left);
  return [...layer.data.subarray(at, at + 4)];
};

test("a quad of the texture's own size copies it", () => {
  const texture = ramp(12);
  const layer = warp(texture, box(-3, 5, 9, 17));
  expect(layer).toMatchObject({ left: -3, top: 5, width: 12, height: 12 });
  for (let y = 1; y < 11; y++) {
    for (let x = 1; x < 11; x++) expect(pixel(layer, x - 3, y + 5)).toEqual([10 * x, 10 * y, 0, 255]);
  }
});

test('a mirrored quad mirrors it', () => {
  const layer = warp(ramp(12), [
    [12, 0],
    [0, 0],
    [0, 12],
    [12, 12],
  ]);
  expect(pixel(layer, 11 - 4, 6)).toEqual([40, 60, 0, 255]);
});

test('twice the size interpolates between texels', () => {
  const layer = warp(ramp(12), box(0, 0, 24, 24));
  // The centre of pixel 9 lies at texel (9.5 / 2) - 0.5 = 4.25.
  expect(pixel(layer, 9, 10)).toEqual([43, 48, 0, 255]);
});
