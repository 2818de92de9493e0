import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../../../test/support/properties.ts';
import { decodeToBitmap, encodeBitmap } from './bitmap.ts';
import { compressRle, decompressRle } from './compressed.ts';
import { rleToPolygons } from './contour.ts';
import { boxIou, rleIou } from './iou.ts';
import { rleArea, rleBox } from './measure.ts';
import { mergeRles } from './merge.ts';
import { rleFromPolygons } from './polygon.ts';
import { type Rle, rleFromCounts } from './rle.ts';

type Size = readonly [height: number, width: number];

const size: fc.Arbitrary<Size> = fc.tuple(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 16 }));

/** Bitmaps from empty to full; noise has parts that touch at corners, and holes in holes. */
const bitmap = (area: number) =>
  fc
    .tuple(fc.uint8Array({ minLength: area, maxLength: area }), fc.integer({ min: 0, max: 256 }))
    .map(([noise, threshold]) => noise.map((value) => (value < threshold ? 1 : 0)));

/** Masks of one picture size. */
const masks = (count: number) =>
  size.chain((of) =>
    fc
      .array(bitmap(of[0] * of[1]), { minLength: count, maxLength: count })
      .map((bitmaps) => bitmaps.map((each) => encodeBitmap(each, of))),
  );

/** Runs of any lengths, 0 among them, as files may hold them. */
const runs = fc
  .tuple(fc.array(fc.nat(40), { maxLength: 30 }), fc.integer({ min: 1, max: 12 }))
  .map(([counts, height]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const width = Math.max(1, Math.ceil(total / height));
    return rleFromCounts([...counts, height * width - total], [height, width]);
  });

const values = ({ counts }: Rle) => Array.from(counts);

describe('masks', () => {
  it('of a bitmap decode to the bitmap', () => {
    const cases = size.chain((of) => fc.tuple(fc.constant(of), bitmap(of[0] * of[1])));
    holds(
      fc.property(cases, ([of, pixels]) => {
        const rle = encodeBitmap(pixels, of);
        expect(decodeToBitmap(rle)).toEqual(pixels);
        expect(rleArea(rle)).toBe(pixels.reduce((sum, pixel) => sum + pixel, 0));
        // Only the first run may be empty.
        expect(values(rle).slice(1)).not.toContain(0);
      }),
    );
  });

  it('of any runs survive the compressed text, and encode again to the shortest runs', () => {
    holds(
      fc.property(runs, (rle) => {
        expect(values(decompressRle(compressRle(rle), rle.size))).toEqual(values(rle));
        const shortest = encodeBitmap(decodeToBitmap(rle), rle.size);
        expect(decodeToBitmap(shortest)).toEqual(decodeToBitmap(rle));
        expect(shortest.counts.length).toBeLessThanOrEqual(rle.counts.length);
      }),
    );
  });

  it('become polygons that rasterise to the mask', () => {
    holds(
      fc.property(masks(1), ([mask]) => {
        expect(rleFromPolygons(rleToPolygons(mask), mask.size)).toEqual(mask);
      }),
    );
  });

  it('lie in their box, which touches them on every side', () => {
    holds(
      fc.property(masks(1), ([mask]) => {
        const [x, y, width, height] = rleBox(mask);
        const filled = decodeToBitmap(mask);
        const columns = new Set<number>();
        const rows = new Set<number>();
        filled.forEach((pixel, at) => {
          if (pixel) columns.add(at % mask.size[1]);
          if (pixel) rows.add(Math.floor(at / mask.size[1]));
        });
        if (columns.size === 0) expect([x, y, width, height]).toEqual([0, 0, 0, 0]);
        else {
          expect([x, x + width - 1]).toEqual([Math.min(...columns), Math.max(...columns)]);
          // A run over two columns makes the box as high as the picture, as in COCO's code.
          expect(y).toBeLessThanOrEqual(Math.min(...rows));
          expect(y + height - 1).toBeGreaterThanOrEqual(Math.max(...rows));
        }
      }),
    );
  });
});

describe('polygons', () => {
  const cases = fc.tuple(
    size,
    fc.array(fc.double({ min: -20, max: 40, noNaN: true }), { minLength: 6, maxLength: 20 }),
  );

  it('give a valid mask wherever their corners lie', () => {
    holds(
      fc.property(cases, ([of, ring]) => {
        const mask = rleFromPolygons([ring], of);
        expect(rleFromCounts(mask.counts, of)).toEqual(mask);
      }),
    );
  });

  it('give the union of their rings', () => {
    holds(
      fc.property(cases, cases, ([of, ring], [, other]) => {
        const union = mergeRles([rleFromPolygons([ring], of), rleFromPolygons([other], of)], 'union');
        expect(decodeToBitmap(rleFromPolygons([ring, other], of))).toEqual(decodeToBitmap(union));
      }),
    );
  });
});

describe('IoU', () => {
  it('of masks is symmetric, 1 with itself, and that of the pixels', () => {
    holds(
      fc.property(masks(2), ([a, b]) => {
        const [iou] = rleIou([a], [b]);
        expect(rleIou([b], [a])[0]).toBe(iou);
        const [union, intersection] = (['union', 'intersection'] as const).map((operation) =>
          rleArea(mergeRles([a, b], operation)),
        );
        expect(iou).toBe(intersection === 0 ? 0 : intersection / union);
        if (rleArea(a) > 0) expect(rleIou([a], [a])[0]).toBe(1);
      }),
    );
  });

  it('of boxes is symmetric, in 0…1, and 1 only for equal boxes', () => {
    const length = fc.integer({ min: 1, max: 200 }).map((value) => value / 4);
    const box = fc.tuple(length, length, length, length);
    holds(
      fc.property(box, box, (a, b) => {
        const [iou] = boxIou([a], [b]);
        expect(boxIou([b], [a])[0]).toBe(iou);
        expect(iou).toBeGreaterThanOrEqual(0);
        expect(iou === 1).toBe(a.every((value, i) => value === b[i]));
        expect(boxIou([a], [a])[0]).toBe(1);
      }),
    );
  });
});

describe('merging', () => {
  it('is commutative, idempotent, and agrees with the pixels', () => {
    holds(
      fc.property(masks(2), fc.constantFrom('union', 'intersection'), ([a, b], operation) => {
        const merged = decodeToBitmap(mergeRles([a, b], operation));
        expect(decodeToBitmap(mergeRles([b, a], operation))).toEqual(merged);
        expect(decodeToBitmap(mergeRles([a, a], operation))).toEqual(decodeToBitmap(a));
        const other = decodeToBitmap(b);
        const wanted = decodeToBitmap(a).map((pixel, i) =>
          operation === 'union' ? pixel | other[i] : pixel & other[i],
        );
        expect(merged).toEqual(wanted);
      }),
    );
  });
});
