import { describe, expect, it } from 'vitest';
import type { Region } from '../../image/region.ts';
import { encodeBitmap } from '../../ops/rle/bitmap.ts';
import { rleArea } from '../../ops/rle/measure.ts';
import type { PlacedInstance } from '../placed-instances.ts';
import { mergeTiles, type TileResult } from './merge-tiles.ts';

type Box = [number, number, number, number];

const size = [100, 200] as const;
const left: Region = { left: 0, top: 0, width: 110, height: 100 };
const right: Region = { left: 90, top: 0, width: 110, height: 100 };

/** An object that fills its box. */
function filled(box: Box, { score = 0.9, label = 1, mask = true } = {}): PlacedInstance {
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const bitmap = new Uint8Array(width * height).fill(1);
  return {
    label,
    score,
    classScore: score,
    box,
    mask: mask ? encodeBitmap(bitmap, [height, width], { size, left: box[0], top: box[1] }) : null,
    pose: null,
  };
}

/** What the left tile and the right one found. The edges at 110 and 90 cut. */
function merged(inLeft: PlacedInstance[], inRight: PlacedInstance[]) {
  const results: TileResult[] = [
    { region: left, found: inLeft, cut: inLeft.map(({ box }) => box[2] === 110) },
    { region: right, found: inRight, cut: inRight.map(({ box }) => box[0] === 90) },
  ];
  return mergeTiles(results).map(({ box, score, label, mask }) => ({
    box,
    score,
    label,
    area: mask && rleArea(mask),
  }));
}

describe('merging what overlapping tiles found', () => {
  it('keeps what one tile found', () => {
    expect(merged([filled([10, 10, 20, 20])], [filled([150, 10, 160, 20], { score: 0.5 })])).toHaveLength(2);
  });

  it('keeps the better of two that are the same', () => {
    const found = merged(
      [filled([92, 10, 105, 20], { score: 0.7 })],
      [filled([93, 10, 106, 20], { score: 0.8 })],
    );
    expect(found).toEqual([{ box: [93, 10, 106, 20], score: 0.8, label: 1, area: 130 }]);
  });

  it('prefers the whole object to a cut one, whatever their scores', () => {
    const found = merged(
      [filled([95, 10, 110, 30], { score: 0.99 })],
      [filled([95, 10, 130, 30], { score: 0.6 })],
    );
    expect(found).toEqual([{ box: [95, 10, 130, 30], score: 0.6, label: 1, area: 700 }]);
  });

  it('joins the parts of an object that is cut in both tiles', () => {
    const found = merged(
      [filled([40, 10, 110, 30], { score: 0.8 })],
      [filled([90, 10, 170, 31], { score: 0.9 })],
    );
    expect(found).toEqual([{ box: [40, 10, 170, 31], score: 0.9, label: 1, area: 130 * 20 + 80 }]);
  });

  it('does not join parts of two objects that only touch', () => {
    expect(merged([filled([40, 10, 110, 30])], [filled([90, 29, 170, 60])])).toHaveLength(2);
  });

  it('keeps neighbours of which one reaches a little into the other', () => {
    // The left one ends in the shared strip; the right one covers that end, but not the most of either.
    expect(merged([filled([60, 10, 96, 30])], [filled([92, 10, 130, 30])])).toHaveLength(2);
  });

  it('keeps a cut object that no other tile shows', () => {
    expect(merged([filled([95, 10, 110, 30])], [])).toHaveLength(1);
  });

  it('keeps objects of two classes at one place', () => {
    expect(merged([filled([92, 10, 105, 20])], [filled([92, 10, 105, 20], { label: 2 })])).toHaveLength(2);
  });

  it('drops what lies inside a joined object that scores better', () => {
    const inRight = [filled([90, 10, 170, 30], { score: 0.9 }), filled([96, 15, 106, 25], { score: 0.5 })];
    expect(merged([filled([40, 10, 110, 30], { score: 0.8 })], inRight)).toHaveLength(1);
  });

  it('uses boxes where there are no masks', () => {
    const found = merged(
      [filled([40, 10, 110, 30], { score: 0.8, mask: false })],
      [filled([90, 10, 170, 30], { score: 0.9, mask: false })],
    );
    expect(found).toEqual([{ box: [40, 10, 170, 30], score: 0.9, label: 1, area: null }]);
  });
});
