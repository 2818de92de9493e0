import { describe, expect, it } from 'vitest';
import { goldenTensors } from '../../../test/support/golden-train.ts';
import { augmentationSchema } from '../../config/training.ts';
import { seededRandom } from '../../core/random.ts';
import { decodeToBitmap, encodeBitmap } from '../../ops/rle/bitmap.ts';
import { prepareSample } from '../load/batch.ts';
import { resizeMask } from '../sample/mask-geometry.ts';
import { type Sample, withMasks } from '../sample/sample.ts';
import { augment } from './augment.ts';
import { addNoise, blur } from './blur.ts';
import { changeColour } from './colour.ts';
import { copyPaste } from './copy-paste.ts';
import { crop, cropRandomly, zoom } from './crop.ts';
import { flip, mirror, rotate } from './flip.ts';
import { resizeSample } from './resize.ts';
import { changeTone } from './tone.ts';

/**
 * A picture whose pixels identify its objects: object i is painted with the red value 100 + label. If pixels
 * and masks undergo the same geometry, the masks remain the pixels of their colour.
 */
function paintedSample(seed: number, count = 4): Sample {
  const random = seededRandom(seed);
  const [width, height] = [23, 17];
  const owner = new Uint8Array(width * height);
  for (let i = 1; i <= count; i++) {
    const [x, y] = [random.integer(width - 4), random.integer(height - 4)];
    for (let row = y; row < y + 3 + random.integer(6); row++) {
      for (let column = x; column < x + 3 + random.integer(8); column++) {
        if (row < height && column < width && random.uniform() < 0.9) owner[row * width + column] = i;
      }
    }
  }
  const data = new Uint8Array(width * height * 3);
  owner.forEach((i, pixel) => {
    data.set([i === 0 ? random.integer(60) : 100 + i, random.integer(256), random.integer(256)], 3 * pixel);
  });
  const labels = Array.from({ length: count }, (_, i) => i + 1);
  const masks = labels.map((label) =>
    encodeBitmap(
      owner.map((i) => (i === label ? 1 : 0)),
      [height, width],
    ),
  );
  return withMasks({ width, height, data }, masks, labels);
}

function expectConsistent({ picture, masks, labels, boxes }: Sample): void {
  expect(picture.data.length).toBe(picture.width * picture.height * 3);
  const painted = new Set<number>();
  for (let i = 0; i < picture.data.length; i += 3)
    if (picture.data[i] > 100) painted.add(picture.data[i] - 100);
  expect([...painted].sort()).toEqual([...new Set(labels)].sort());
  masks.forEach((mask, i) => {
    expect(mask.size).toEqual([picture.height, picture.width]);
    const bitmap = decodeToBitmap(mask);
    const columns: number[] = [];
    const rows: number[] = [];
    bitmap.forEach((value, pixel) => {
      if (value === 1) {
        expect(picture.data[3 * pixel]).toBe(100 + labels[i]);
        columns.push(pixel % picture.width);
        rows.push(Math.floor(pixel / picture.width));
      }
    });
    const box = [Math.min(...columns), Math.min(...rows), Math.max(...columns) + 1, Math.max(...rows) + 1];
    expect([...boxes.subarray(4 * i, 4 * i + 4)]).toEqual(box);
  });
  // No painted pixel lacks a mask.
  const foreground = masks.reduce((sum, mask) => sum + decodeToBitmap(mask).reduce((a, b) => a + b, 0), 0);
  expect(foreground).toBe(picture.data.filter((value, i) => i % 3 === 0 && value > 100).length);
}

const geometry: Record<string, (sample: Sample, seed: number) => Sample> = {
  mirror,
  flip,
  'turn by 90°': (sample) => rotate(sample, 1),
  'turn by 180°': (sample) => rotate(sample, 2),
  'turn by 270°': (sample) => rotate(sample, 3),
  'crop at a fixed place': (sample) => crop(sample, { left: 5, top: 4, width: 9, height: 8 }),
  'random crop': (sample, seed) => cropRandomly(sample, 0.3, seededRandom(seed)),
  'zoom in': (sample, seed) => zoom(sample, 1.7, seededRandom(seed)),
  'zoom out': (sample, seed) => zoom(sample, 0.6, seededRandom(seed)),
};

describe.each(Object.entries(geometry))('%s', (_, transform) => {
  it.each([1, 2, 3, 4, 5, 6])('keeps masks and boxes on their pixels (case %i)', (seed) => {
    const sample = paintedSample(seed);
    expectConsistent(sample);
    expectConsistent(transform(sample, seed));
  });
});

describe('turning', () => {
  it('by a right angle is clockwise, and four turns are the identity', () => {
    const sample = paintedSample(7);
    const turned = rotate(sample, 1);
    const { width, height, data } = sample.picture;
    // The bottom left corner moves to the top left.
    expect([...turned.picture.data.subarray(0, 3)]).toEqual([
      ...data.subarray((height - 1) * width * 3, (height - 1) * width * 3 + 3),
    ]);
    expect(rotate(rotate(turned, 2), 1)).toEqual(sample);
    expect(rotate(rotate(sample, 3), 1)).toEqual(sample);
  });
});

describe('objects that are cut away', () => {
  it('are dropped with their labels and boxes', () => {
    const [width, height] = [20, 10];
    const pixel = (left: number) =>
      encodeBitmap(Uint8Array.of(1), [1, 1], { size: [height, width], left, top: 3 });
    const sample = withMasks({ width, height, data: new Uint8Array(600) }, [pixel(2), pixel(15)], [4, 9]);
    const cropped = crop(sample, { left: 10, top: 0, width: 10, height: 10 });
    expect([...cropped.labels]).toEqual([9]);
    expect([...cropped.boxes]).toEqual([5, 3, 6, 4]);
  });

  it('never are all of them in a random crop', () => {
    for (let seed = 0; seed < 40; seed++) {
      const sample = paintedSample(seed, 1);
      if (sample.labels.length === 0) continue;
      expect(cropRandomly(sample, 0.1, seededRandom(seed)).labels.length).toBeGreaterThan(0);
    }
  });
});

describe('objects of which only the box is known', () => {
  // Those with even labels.
  const withUnknown = (sample: Sample): Sample => ({
    ...sample,
    hasMask: Array.from(sample.labels, (label) => label % 2 === 1),
  });
  const changes: Record<string, (sample: Sample) => Sample> = {
    mirror,
    flip,
    rotate: (sample) => rotate(sample, 1),
    crop: (sample) => crop(sample, { left: 5, top: 3, width: 20, height: 15 }),
    resize: (sample) => resizeSample(sample, { width: 35, height: 26 }),
    copyPaste: (sample) => {
      const donor = paintedSample(7);
      return copyPaste(sample, { ...donor, labels: donor.labels.map(() => 51) }, seededRandom(1));
    },
  };

  it.each(Object.keys(changes))('stay known as such: %s', (name) => {
    const result = changes[name](withUnknown(paintedSample(3)));
    expect(result.hasMask).toEqual(Array.from(result.labels, (label) => label % 2 === 1));
    expect(new Set(result.hasMask).size).toBe(2);
  });

  it('are not pasted', () => {
    const donor = withUnknown(paintedSample(7));
    const empty = withMasks({ ...donor.picture, data: new Uint8Array(donor.picture.data.length) }, [], []);
    const pasted = Array.from({ length: 20 }, (_, seed) => [
      ...copyPaste(empty, donor, seededRandom(seed)).labels,
    ]).flat();
    expect(pasted.length).toBeGreaterThan(0);
    expect(pasted.filter((label) => label % 2 === 0)).toEqual([]);
    const boxes = { ...donor, hasMask: Array.from(donor.labels, () => false) };
    expect(copyPaste(empty, boxes, seededRandom(1)).labels).toHaveLength(0);
  });
});

describe('copy and paste', () => {
  it.each([0.5, 1.5, 2])('takes the donor at another scale (%d)', (scale) => {
    // One colour for each object: interpolation changes it only along outlines.
    const data = new Uint8Array(60 * 40 * 3);
    const mask = encodeBitmap(
      Uint8Array.from({ length: 60 * 40 }, (_, i) => {
        const inside = i % 60 >= 10 && i % 60 < 40 && i >= 60 * 6 && i < 60 * 24;
        if (inside) data.set([200, 100, 50], 3 * i);
        return inside ? 1 : 0;
      }),
      [40, 60],
    );
    const { picture, boxes, masks } = resizeSample(withMasks({ width: 60, height: 40, data }, [mask], [1]), {
      width: 60 * scale,
      height: 40 * scale,
    });
    expect([picture.width, picture.height]).toEqual([60 * scale, 40 * scale]);
    expect([...boxes]).toEqual([10, 6, 40, 24].map((at) => at * scale));
    const bitmap = decodeToBitmap(masks[0]);
    const error = bitmap.reduce((sum, value, i) => sum + Math.abs(picture.data[3 * i] - 200 * value), 0);
    expect(error / bitmap.length).toBeLessThan(6);
  });

  it.each([1, 2, 3, 4, 5])('gives masks that do not overlap and fit the pixels (case %i)', (seed) => {
    const donor = paintedSample(100 + seed);
    // Labels and colours differ from the sample's, so that pixels can be attributed.
    const data = donor.picture.data.map((value, i) => (i % 3 === 0 && value > 100 ? value + 50 : value));
    const labels = donor.labels.map((label) => label + 50);
    const result = copyPaste(
      paintedSample(seed),
      { ...donor, labels, picture: { ...donor.picture, data } },
      seededRandom(seed),
    );
    const owners = new Uint8Array(result.picture.width * result.picture.height);
    result.masks.forEach((mask, i) => {
      decodeToBitmap(mask).forEach((value, pixel) => {
        if (value === 0) return;
        expect(owners[pixel]).toBe(0);
        owners[pixel] = 1;
        expect(result.picture.data[3 * pixel]).toBe(100 + result.labels[i]);
      });
    });
    expect(result.labels.some((label) => label > 50)).toBe(true);
  });

  it('leaves the sample itself as it was', () => {
    const sample = paintedSample(1);
    copyPaste(sample, paintedSample(2), seededRandom(1));
    expect(sample).toEqual(paintedSample(1));
  });
});

describe('colour and blur', async () => {
  const golden = await goldenTensors('augment.safetensors');
  const picture = { width: 30, height: 24, data: Uint8Array.from(await golden('picture')) };
  const none = { brightness: 1, contrast: 1, saturation: 1, hue: 0 };

  it.each<[string, Partial<typeof none>]>([
    ['brightness', { brightness: 1.3 }],
    ['contrast', { contrast: 0.6 }],
    ['saturation', { saturation: 1.7 }],
    ['hue', { hue: -0.2 }],
  ])('%s is torchvision’s to the rounding', async (name, change) => {
    expectPixels(changeColour(picture, { ...none, ...change }).data, await golden(name), 0.51);
  });

  it('all changes together are torchvision’s', async () => {
    const change = { brightness: 0.8, contrast: 1.4, saturation: 0.5, hue: 0.1 };
    // Our mean grey value is taken before clamping at 255; the reference's after it.
    expectPixels(changeColour(picture, change).data, await golden('all'), 1);
  });

  it.each([0.7, 1.6])('blur with σ = %f is torchvision’s', async (sigma) => {
    expectPixels(blur(picture, sigma).data, await golden(`blur.${sigma}`), 0.51);
  });

  it('gamma bends the tones between black and white, and the negative mirrors them', () => {
    const ramp = { width: 4, height: 1, data: Uint8Array.from([0, 64, 128, 255].flatMap((v) => [v, v, v])) };
    const tones = (gamma: number, inverts: boolean) =>
      [...changeTone(ramp, { gamma, inverts }).data].filter((_, i) => i % 3 === 0);
    expect(tones(1, false)).toEqual([0, 64, 128, 255]);
    // 255 · (64 / 255)² = 16.06, 255 · (128 / 255)² = 64.25
    expect(tones(2, false)).toEqual([0, 16, 64, 255]);
    expect(tones(1, true)).toEqual([255, 191, 127, 0]);
    expect(tones(2, true)).toEqual([255, 239, 191, 0]);
  });

  it('noise has the requested mean and deviation', () => {
    const grey = { width: 100, height: 100, data: new Uint8Array(30_000).fill(128) };
    const { data } = addNoise(grey, 10, seededRandom(1));
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
    expect(mean).toBeCloseTo(128, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(10, 0);
  });

  it.each(['40x61', '13x20', '27x33', '54x66'])(
    'masks are resized to %s as torchvision resizes them',
    async (size) => {
      const [height, width] = size.split('x').map(Number);
      const mask = encodeBitmap(Uint8Array.from(await golden('mask')), [27, 33]);
      const resized = decodeToBitmap(resizeMask(mask, { width, height }));
      expect([...resized]).toEqual([...(await golden(`mask.${size}`))]);
    },
  );
});

describe('the whole augmentation', () => {
  const still = { brightness: 0, contrast: 0, saturation: 0, hue: 0 };
  const parsed = augmentationSchema.parse({
    ...still,
    flipVertical: 0.5,
    rotate: 0.5,
    scale: [0.5, 2],
    crop: 0.5,
    copyPaste: 0.5,
  });
  const options = { ...parsed, limits: { minSize: 34, maxSize: 100 } };

  it('keeps masks on their pixels in all cases', () => {
    for (let seed = 0; seed < 30; seed++) {
      expectConsistent(augment(paintedSample(seed), null, options, seededRandom(seed)).sample);
    }
  });

  it('cuts a window whose side is measured after resizing', () => {
    // 23 × 17 is resized to 46 × 34: a window of 20 pixels there has 10 in the picture.
    const plain = { ...options, window: 20, scale: [1, 1] as const };
    const cut = augment(paintedSample(3), null, plain, seededRandom(1));
    expect(cut.size).toEqual({ width: 20, height: 20 });
    expect(cut.sample.picture).toMatchObject({ width: 10, height: 10 });
    const nearer = augment(paintedSample(3), null, { ...plain, scale: [2, 2] }, seededRandom(1));
    expect(nearer.sample.picture).toMatchObject({ width: 5, height: 5 });
    for (let seed = 0; seed < 30; seed++) {
      const window = 10 + seed;
      expectConsistent(augment(paintedSample(seed), null, { ...options, window }, seededRandom(seed)).sample);
    }
  });

  it('resizes a larger picture as the network would', () => {
    const limits = { minSize: 11, maxSize: 30, mean: [0, 0, 0] as const, std: [1, 1, 1] as const };
    for (let seed = 0; seed < 30; seed++) {
      const sample = paintedSample(seed);
      const early = augment(sample, null, { ...parsed, limits }, seededRandom(seed));
      // Within these limits, nothing is larger than the network's input.
      const large = { ...parsed, limits: { minSize: 1000, maxSize: 10_000 } };
      const late = augment(sample, null, large, seededRandom(seed));
      const ours = prepareSample(early.sample, 'early', limits, 4, early.size);
      const usual = prepareSample(late.sample, 'late', limits, 4);
      expect(ours.size).toEqual(usual.size);
      expect(ours.truth).toEqual(usual.truth);
      const differences = ours.tensor.data.map((value, i) => Math.abs(value - usual.tensor.data[i]));
      // Half a step of 8 bits.
      expect(Math.max(...differences)).toBeLessThan(0.501 / 255);
    }
  });

  it('keeps the proportions of a picture in which no window with an object was found', () => {
    const [width, height] = [400, 100];
    const dot = encodeBitmap(Uint8Array.of(1), [1, 1], { size: [height, width], left: 399, top: 99 });
    const sample = withMasks({ width, height, data: new Uint8Array(3 * width * height) }, [dot], [1]);
    const plain = augmentationSchema.parse({ ...still, flipHorizontal: 0, scale: [1, 1], window: 32 });
    const limits = { minSize: 100, maxSize: 400 };
    const whole = augment(sample, null, { ...plain, limits }, seededRandom(1));
    expect(whole.size.width).toBeLessThanOrEqual(32);
    expect(whole.size.width).toBeGreaterThan(3.5 * whole.size.height);
    expect(whole.sample.picture).toMatchObject(whole.size);
  });

  it('is the same for equal seeds', () => {
    const everything = { ...options, blur: 1, noise: 1, hue: 0.1, brightness: 0.3 };
    const run = (seed: number) => augment(paintedSample(1), paintedSample(2), everything, seededRandom(seed));
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });
});

function expectPixels(ours: Uint8Array, theirs: Float32Array, tolerance: number): void {
  expect(ours.length).toBe(theirs.length);
  const worst = theirs.reduce((most, value, i) => Math.max(most, Math.abs(value - ours[i])), 0);
  expect(worst).toBeLessThan(tolerance);
}
