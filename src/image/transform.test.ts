import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Picture } from './picture.ts';
import { type Preprocess, preparePicture, resizedSize } from './transform.ts';

interface Golden {
  cases: {
    name: string;
    width: number;
    height: number;
    preprocess: Preprocess;
    /** Height, width. */
    resized: [number, number];
    padded: [number, number];
    /** Of all elements. */
    sum: number;
    /** Channel, y, x, value. */
    samples: [number, number, number, number][];
  }[];
  /** Width, height, resized width, resized height at 800/1333. */
  sizes: [number, number, number, number][];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../test/golden/image/transform.json', import.meta.url), 'utf8'),
);
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** The same bytes as the oracle's: the top byte of i · 2654435761 mod 2³². */
function patternPicture(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.imul(i, 2654435761) >>> 24;
  return { width, height, data };
}

test.each(golden.cases)('agrees with torchvision: $name', (wanted) => {
  const { width, height, preprocess, resized, padded } = wanted;
  const made = preparePicture(patternPicture(width, height), preprocess, 32);

  expect([made.height, made.width]).toEqual(resized);
  expect(made.tensor.shape).toEqual([1, 3, ...padded]);
  expect([made.scaleX, made.scaleY]).toEqual([resized[1] / width, resized[0] / height]);
  for (const [channel, y, x, value] of wanted.samples) {
    const got = made.tensor.data[(channel * padded[0] + y) * padded[1] + x];
    expect(Math.abs(got - value), `channel ${channel}, y ${y}, x ${x}`).toBeLessThan(2e-6);
  }
  // float32 rounding of 2.6 million elements up to 3: about 1e-7 each, of either sign.
  const sum = made.tensor.data.reduce((total, value) => total + value, 0);
  expect(Math.abs(sum - wanted.sum) / made.tensor.data.length).toBeLessThan(1e-7);
});

test('resizes pictures of 200 random sizes to torchvision’s sizes', () => {
  const got = golden.sizes.map(([width, height]) => {
    const resized = resizedSize({ width, height }, { minSize: 800, maxSize: 1333 });
    return [width, height, resized.width, resized.height];
  });
  expect(got).toEqual(golden.sizes);
});

test('does not shrink pictures if shrinking is disabled', () => {
  const limits = { minSize: 512, maxSize: 1024, shrink: false };
  expect(resizedSize({ width: 320, height: 256 }, limits)).toEqual({ width: 640, height: 512 });
  expect(resizedSize({ width: 696, height: 520 }, limits)).toEqual({ width: 696, height: 520 });
  expect(resizedSize({ width: 2048, height: 1024 }, limits)).toEqual({ width: 1024, height: 512 });
});

test('a side never becomes 0, on which torch fails', () => {
  const made = preparePicture(patternPicture(6000, 1), { minSize: 800, maxSize: 1333, ...imagenet }, 32);
  expect([made.height, made.width]).toEqual([1, 1332]);
  expect(made.tensor.shape).toEqual([1, 3, 32, 1344]);
});

test('the padding is 0, also if 0 is not black', () => {
  const { tensor } = preparePicture(patternPicture(40, 40), { minSize: 40, maxSize: 40, ...imagenet }, 32);
  const [, , height, width] = tensor.shape;
  const at = (y: number, x: number) => tensor.data[y * width + x];
  expect([height, width]).toEqual([64, 64]);
  expect(at(39, 40)).toBe(0);
  expect(at(40, 39)).toBe(0);
  expect(at(39, 39)).not.toBe(0);
});

test('the padding ends at a multiple of the divisor and changes no pixels', () => {
  const limits = { minSize: 37, maxSize: 50, ...imagenet };
  const [wide, narrow] = [32, 8].map(
    (divisor) => preparePicture(patternPicture(50, 37), limits, divisor).tensor,
  );
  expect([wide.shape, narrow.shape]).toEqual([
    [1, 3, 64, 64],
    [1, 3, 40, 56],
  ]);
  for (let row = 0; row < 3 * 40; row++) {
    const at = (Math.floor(row / 40) * 64 + (row % 40)) * 64;
    expect(narrow.data.subarray(row * 56, (row + 1) * 56)).toEqual(wide.data.subarray(at, at + 56));
  }
});
