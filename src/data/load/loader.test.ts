import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { augmentationSchema } from '../../config/training.ts';
import { seededRandom } from '../../core/random.ts';
import type { PictureRecord } from '../sample/sample.ts';
import type { Batch } from './batch.ts';
import { createLoader, type LoaderOptions } from './loader.ts';
import { epochOf, shuffledOrder } from './order.ts';

const folder = mkdtempSync(join(tmpdir(), 'loader-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writeRecord(index: number): PictureRecord {
  const random = seededRandom(index);
  const [width, height] = [40 + 7 * index, 30 + 3 * index];
  const path = join(folder, `${index}.png`);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  writeFileSync(path, encode({ width, height, data, channels: 3, depth: 8 }));
  const square = (x: number, y: number, side: number) => [x, y, x + side, y, x + side, y + side, x, y + side];
  const objects = [1, 2].map((label) => ({
    id: label,
    label,
    segmentation: [square(3 * label, 4, 9 + index)],
  }));
  return { path, width, height, objects };
}

const records = Array.from({ length: 5 }, (_, i) => writeRecord(i));
const options: LoaderOptions = {
  seed: 3,
  batchSize: 2,
  workers: 0,
  preprocess: { minSize: 48, maxSize: 96, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  sizeDivisor: 32,
  minSizes: [32, 48, 64],
  repeatThreshold: null,
  augmentation: augmentationSchema.parse({ rotate: 0.5, crop: 0.5, copyPaste: 0.5, blur: 0.5, noise: 0.5 }),
};

async function batches(
  steps: readonly number[],
  changed: Partial<LoaderOptions> = {},
  of = records,
): Promise<Batch[]> {
  const loader = createLoader(of, { ...options, ...changed });
  const result: Batch[] = [];
  for (const step of steps) result.push(await loader.batch(step));
  await loader.close();
  return result;
}

describe('the loader', () => {
  it('gives the same batches for any number of threads', async () => {
    const steps = [0, 1, 2, 3, 4, 5];
    const alone = await batches(steps);
    expect(await batches(steps, { workers: 1 })).toEqual(alone);
    expect(await batches(steps, { workers: 2, ahead: 5 })).toEqual(alone);
    expect(await batches(steps, { seed: 4 })).not.toEqual(alone);
  });

  it('gives a resumed run the batches that it would have had', async () => {
    const all = await batches([0, 1, 2, 3]);
    expect(await batches([2, 3])).toEqual(all.slice(2));
  });

  it('shows every picture once an epoch, in changing orders', () => {
    const order = shuffledOrder(100, 1);
    const epochs = [0, 1].map((epoch) => Array.from({ length: 100 }, (_, i) => order(100 * epoch + i)));
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual([...Array(100).keys()]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(order(3)).toBe(epochs[0][3]);
  });

  it.each([0, 2])(
    'continues with another picture if one is broken, and reports it once (%i threads)',
    async (workers) => {
      const path = join(folder, 'broken.png');
      writeFileSync(path, 'not a picture');
      const wrongSize = { ...records[1], width: 9 };
      const messages: string[] = [];
      const given = await batches(
        [0, 1, 2, 3, 4],
        { workers, onBadPicture: ({ message }) => messages.push(message) },
        [records[0], { ...records[0], path }, wrongSize],
      );
      expect(given.flatMap(({ names }) => names).every((name) => name === records[0].path)).toBe(true);
      expect(messages.toSorted()).toEqual(
        [
          expect.stringContaining(`${records[1].path}: expected 9×33 pixels, got a picture of 47×33`),
          expect.stringContaining('broken.png: is not a picture'),
        ].toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      );
    },
  );

  it('fails if no picture can be used, or there is none', async () => {
    const missing = { ...records[0], path: join(folder, 'missing.png') };
    await expect(batches([0], {}, [missing])).rejects.toThrow('none of its 1 picture can be used');
    expect(() => createLoader([], options)).toThrow('contains no pictures to train on');
  });
});

describe('a batch', () => {
  it('contains each picture in the upper left corner, padded with zeros', async () => {
    const [batch] = await batches([0], { augmentation: null, minSizes: [], batchSize: 3 });
    const [count, , height, width] = batch.images.shape;
    expect([count, height % 32, width % 32]).toEqual([3, 0, 0]);
    batch.sizes.forEach((size, n) => {
      expect(Math.min(size.width, size.height)).toBe(48);
      for (let plane = 0; plane < 3; plane++) {
        const start = (n * 3 + plane) * height * width;
        const values = batch.images.data.subarray(start, start + height * width);
        values.forEach((value, i) => {
          const inside = i % width < size.width && Math.floor(i / width) < size.height;
          if (!inside) expect(value).toBe(0);
        });
        expect(values.some((value) => value !== 0)).toBe(true);
      }
    });
  });

  it('has a fixed size with windows', async () => {
    const augmentation = augmentationSchema.parse({ window: 64, scale: [0.5, 2] });
    const [batch] = await batches([0], { augmentation, minSizes: [], batchSize: 3 });
    expect(batch.images.shape).toEqual([3, 3, 64, 64]);
    for (const size of batch.sizes) expect(size).toEqual({ width: 64, height: 64 });
  });

  it('shows large pictures as often as windows fit into them', () => {
    const sides = [
      [64, 64],
      [200, 120],
      [10, 10],
    ];
    const pictures = sides.map(([width, height]) => ({ size: { width, height }, labels: [1] }));
    const order = (window: number | null) => [...epochOf(pictures, { window, repeatThreshold: null })];
    expect(order(null)).toEqual([0, 1, 2]);
    expect(order(64)).toEqual([0, 1, 1, 1, 1, 1, 1, 2]);
  });

  it('repeats pictures of rare categories by √(threshold / frequency)', () => {
    // Category 1 is in all of 100 pictures, 2 in 25, 3 in 1.
    const pictures = Array.from({ length: 100 }, (_, i) => ({
      size: { width: 64, height: 64 },
      labels: i === 0 ? [1, 2, 3, 3] : i < 25 ? [1, 2] : [1],
    }));
    const order = epochOf(pictures, { window: null, repeatThreshold: 0.5 });
    const shows = new Map<number, number>();
    for (const index of order) shows.set(index, (shows.get(index) ?? 0) + 1);
    expect(shows.get(0)).toBe(7);
    const repeated = Array.from({ length: 24 }, (_, i) => shows.get(i + 1)!);
    expect([...new Set(repeated)].sort()).toEqual([1, 2]);
    expect(order.length).toBe(Math.round(Math.sqrt(50) + 24 * Math.SQRT2 + 75));
  });

  it('has boxes and masks in pixels of the resized picture', async () => {
    const [batch] = await batches([0], { augmentation: null, minSizes: [], batchSize: 1 });
    const [truth] = batch.truths;
    const { width, height } = batch.sizes[0];
    const record = records.find(({ path }) => path === batch.names[0]) as PictureRecord;
    const scale = width / record.width;
    expect([...truth.labels]).toEqual([1, 2]);
    expect(truth.boxes[0]).toBeCloseTo(3 * scale, 4);
    expect(truth.masks[0].size).toEqual([height, width]);
  });
});
