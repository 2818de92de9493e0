import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeToBitmap } from '../ops/rle/bitmap.ts';
import { Instance, InstanceMask, Prediction } from '../predict/instance.ts';
import { toRois } from './imagej-roi.ts';

const golden = (name: string) => readFileSync(new URL(`../../test/golden/export/${name}`, import.meta.url));

interface Regions {
  regions: { size: [number, number]; counts: number[] }[];
}

const { regions }: Regions = JSON.parse(golden('regions.json').toString());
const instances = regions
  .filter((_, index) => index % 3 === 0)
  .map(
    ({ size, counts }, index) =>
      new Instance({
        category: { id: 1, name: 'cell' },
        score: (index + 1) / 16,
        box: [0, 0, size[1], size[0]],
        mask: new InstanceMask({ size, counts: Uint32Array.from(counts) }),
        keypoints: null,
      }),
  );

interface ReadRoi {
  name: string;
  properties: { class: string; score: number };
  /** `#` inside. */
  rows: string[];
}

/** Written by test/oracle/rois.py from rois.zip. */
const read: ReadRoi[] = JSON.parse(golden('rois.json').toString());

test('an ROI set has the pixels, names, classes and scores that roifile reads from it', async () => {
  const bytes = await toRois(new Prediction({ width: 40, height: 40 }, instances));
  expect(golden('rois.zip').equals(bytes)).toBe(true);
  expect(read).toHaveLength(instances.length);
  read.forEach(({ name, properties, rows }, index) => {
    const { mask, score } = instances[index];
    expect(name).toBe(`${String(index + 1).padStart(2, '0')}-cell`);
    expect(properties).toEqual({ class: 'cell', score });
    expect([...rows.join('')].map((pixel) => (pixel === '#' ? 1 : 0))).toEqual([
      ...decodeToBitmap(mask!.rle),
    ]);
  });
});
