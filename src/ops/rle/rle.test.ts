import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { decodeToBitmap, encodeBitmap } from './bitmap.ts';
import { compressRle, decompressRle } from './compressed.ts';
import { rleToContours, rleToPolygons } from './contour.ts';
import { boxIou, rleIou } from './iou.ts';
import { rleArea, rleBox } from './measure.ts';
import { mergeRles } from './merge.ts';
import { rleFromPolygons } from './polygon.ts';
import { emptyRle, type Rle, rleFromCounts } from './rle.ts';

type Size = [number, number];
interface Golden {
  masks: { size: Size; text: string; counts: number[]; area: number; box: number[] }[];
  merges: { size: Size; masks: string[]; union: string; intersection: string }[];
  ious: { size: Size; dt: string[]; gt: string[]; crowd: number[]; iou: number[] }[];
  boxIous: { dt: number[][]; gt: number[][]; crowd: number[]; iou: number[] }[];
  polygons: { size: Size; rings: number[][]; text: string }[];
}

/** Written by test/oracle/rle.py from pycocotools. */
const golden: Golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../../../test/golden/rle/rle.json.gz', import.meta.url))).toString(),
);

describe('run-length masks against pycocotools', () => {
  it('reads and writes compressed runs', () => {
    for (const { size, text, counts } of golden.masks) {
      const rle = decompressRle(text, size);
      expect(Array.from(rle.counts)).toEqual(counts);
      expect(compressRle(rle)).toBe(text);
    }
  });

  it('encodes and decodes bitmaps', () => {
    for (const { size, counts } of golden.masks) {
      const rle = rleFromCounts(counts, size);
      expect(Array.from(encodeBitmap(decodeToBitmap(rle), size).counts)).toEqual(counts);
    }
  });

  it('measures area and box', () => {
    for (const { size, counts, area, box } of golden.masks) {
      const rle = rleFromCounts(counts, size);
      expect(rleArea(rle)).toBe(area);
      expect(rleBox(rle)).toEqual(box);
    }
  });

  it('merges', () => {
    for (const { size, masks, union, intersection } of golden.merges) {
      const rles = masks.map((text) => decompressRle(text, size));
      expect(compressRle(mergeRles(rles, 'union'))).toBe(union);
      expect(compressRle(mergeRles(rles, 'intersection'))).toBe(intersection);
    }
  });

  it('computes IoU of masks, crowds among them', () => {
    for (const { size, dt, gt, crowd, iou } of golden.ious) {
      const read = (text: string) => decompressRle(text, size);
      const ours = rleIou(
        dt.map(read),
        gt.map(read),
        crowd.map((c) => c === 1),
      );
      expect(Array.from(ours)).toEqual(iou);
    }
  });

  it('computes IoU of boxes', () => {
    for (const { dt, gt, crowd, iou } of golden.boxIous) {
      const ours = boxIou(
        dt,
        gt,
        crowd.map((c) => c === 1),
      );
      expect(Array.from(ours)).toEqual(iou);
    }
  });

  it('rasterises polygons bit for bit', () => {
    for (const { size, rings, text } of golden.polygons) {
      expect(compressRle(rleFromPolygons(rings, size)), JSON.stringify({ size, rings })).toBe(text);
    }
  });
});

/** A random mask with parts, holes, and parts that touch at corners. */
function randomMask(seed: number): Rle {
  const random = seededRandom(seed);
  const size: Size = [1 + random.integer(24), 1 + random.integer(24)];
  const share = random.uniform();
  const bitmap = Uint8Array.from({ length: size[0] * size[1] }, () => (random.uniform() < share ? 1 : 0));
  return encodeBitmap(bitmap, size);
}

const signedArea = (ring: readonly number[]) => {
  let doubled = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    doubled += ring[i] * ring[j + 1] - ring[j] * ring[i + 1];
  }
  return doubled / 2;
};

describe('rectangles', () => {
  // Each column has two crossings; memory for them doubles from 1024.
  it.each([511, 512, 513, 1024, 2048, 4095])('%i columns wide', (width) => {
    const rle = rleFromPolygons([[0, 3, 0, 13, width, 13, width, 3]], [20, width]);
    expect(rleArea(rle)).toBe(10 * width);
    expect(rleBox(rle)).toEqual([0, 3, width, 10]);
  });
});

describe('contours', () => {
  it('gives polygons that rasterise to the same mask', () => {
    for (let seed = 0; seed < 400; seed++) {
      const mask = randomMask(seed);
      expect(rleFromPolygons(rleToPolygons(mask), mask.size), `seed ${seed}`).toEqual(mask);
    }
  });

  it('has outer rings clockwise, holes the other way, and areas that add up', () => {
    for (let seed = 0; seed < 400; seed++) {
      const mask = randomMask(seed);
      let area = 0;
      for (const { outer, holes } of rleToContours(mask)) {
        expect(signedArea(outer)).toBeGreaterThan(0);
        for (const hole of holes) expect(signedArea(hole)).toBeLessThan(0);
        area += [outer, ...holes].reduce((sum, ring) => sum + signedArea(ring), 0);
      }
      expect(area).toBe(rleArea(mask));
    }
  });

  it('traces a ring of pixels as one part with one hole, and corner neighbours as two parts', () => {
    const ring = encodeBitmap(Uint8Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1), [3, 3]);
    expect(rleToContours(ring)).toEqual([{ outer: expect.any(Array), holes: [expect.any(Array)] }]);
    expect(rleToPolygons(ring)).toHaveLength(1);
    expect(rleToContours(encodeBitmap(Uint8Array.of(1, 0, 0, 1), [2, 2]))).toHaveLength(2);
  });

  it('has no contour for an empty mask', () => {
    expect(rleToContours(emptyRle(4, 5))).toEqual([]);
  });
});

describe('bitmaps placed in a picture', () => {
  it('equals encoding the whole picture, also partly or wholly outside', () => {
    const random = seededRandom(3);
    for (let trial = 0; trial < 300; trial++) {
      const [h, w, H, W] = [6, 6, 12, 12].map((end) => 1 + random.integer(end));
      const top = random.integer(H + h + 4) - h - 2;
      const left = random.integer(W + w + 4) - w - 2;
      const share = random.uniform() * 1.5;
      const crop = Uint8Array.from({ length: h * w }, () => (random.uniform() < share ? 255 : 0));
      const whole = new Uint8Array(H * W);
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++)
          if (y + top >= 0 && y + top < H && x + left >= 0 && x + left < W)
            whole[(y + top) * W + x + left] = crop[y * w + x];
      const placed = encodeBitmap(crop, [h, w], { size: [H, W], left, top });
      expect(placed).toEqual(encodeBitmap(whole, [H, W]));
    }
  });
});

describe('invalid input', () => {
  it('compressed runs that are wrong', () => {
    const text = compressRle(randomMask(5));
    expect(() => decompressRle(text, [7, 1])).toThrow(
      /runs hold \d+ pixels, expected 7 \(height 7 × width 1\)/,
    );
    expect(() => decompressRle('0~', [2, 2])).toThrow(/character "~" at position 1/);
    expect(() => decompressRle('P', [2, 2])).toThrow('end inside a number');
    expect(() => decompressRle('O', [2, 2])).toThrow('run 0 of the mask has length -1');
    expect(() => decompressRle('ooooooooo0', [2, 2])).toThrow('more than 32 bits');
  });

  it('runs, bitmaps and sizes that do not fit', () => {
    expect(() => rleFromCounts([1, 2], [2, 2])).toThrow('the runs hold 3 pixels, expected 4');
    expect(() => rleFromCounts([1, -2, 5], [2, 2])).toThrow('run 1 of the mask has length -2');
    expect(() => encodeBitmap(new Uint8Array(3), [2, 2])).toThrow('needs 4 values, got 3');
    expect(() => mergeRles([], 'union')).toThrow('no mask');
    expect(() => mergeRles([emptyRle(2, 2), emptyRle(2, 3)], 'union')).toThrow('cannot merge');
    expect(() => rleIou([emptyRle(2, 2)], [emptyRle(2, 3)])).toThrow('cannot be compared');
    expect(() => rleFromPolygons([[0, 0, Number.NaN, 1, 2, 2]], [4, 4])).toThrow('the coordinate NaN');
    for (const far of [1e16, 2 ** 53, -1e300, Number.POSITIVE_INFINITY])
      expect(() => rleFromPolygons([[0, 0, far, 1, 2, 2]], [4, 4])).toThrow('expected a number from');
  });

  it('coordinates at the limit take no time', () => {
    const far = 2 ** 24;
    const rle = rleFromPolygons([[-far, -far, far, -far + 1, far, far, -far, far - 1]], [4, 4]);
    expect(rleArea(rle)).toBe(16);
  });
});
