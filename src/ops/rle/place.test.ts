import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeBitmap } from './bitmap.ts';
import { rleAreaWithin } from './measure.ts';
import { placeRle } from './place.ts';

const parts = fc
  .record({
    height: fc.integer({ min: 1, max: 6 }),
    width: fc.integer({ min: 1, max: 6 }),
    below: fc.integer({ min: 0, max: 3 }),
    right: fc.integer({ min: 0, max: 3 }),
    left: fc.integer({ min: 0, max: 3 }),
    top: fc.integer({ min: 0, max: 3 }),
  })
  .chain((shape) =>
    fc
      .uint8Array({ minLength: shape.height * shape.width, maxLength: shape.height * shape.width, max: 1 })
      .map((bitmap) => ({ ...shape, bitmap })),
  );

it('puts a mask where encoding its bitmap at that place puts it', () => {
  fc.assert(
    fc.property(parts, ({ height, width, below, right, left, top, bitmap }) => {
      const size = [top + height + below, left + width + right] as const;
      const placed = placeRle(encodeBitmap(bitmap, [height, width]), { left, top, size });
      expect(placed).toEqual(encodeBitmap(bitmap, [height, width], { size, left, top }));
    }),
  );
});

it('counts the pixels inside a rectangle', () => {
  fc.assert(
    fc.property(parts, ({ height, width, left, top, bitmap }) => {
      const region = { left: Math.min(left, width - 1), top: Math.min(top, height - 1), width: 2, height: 3 };
      let expected = 0;
      for (let y = region.top; y < Math.min(height, region.top + 3); y++) {
        for (let x = region.left; x < Math.min(width, region.left + 2); x++)
          expected += bitmap[y * width + x];
      }
      expect(rleAreaWithin(encodeBitmap(bitmap, [height, width]), region)).toBe(expected);
    }),
  );
});
