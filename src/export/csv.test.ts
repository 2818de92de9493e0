import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it, test } from 'vitest';
import { UsageError } from '../core/errors.ts';
import type { Picture, RawPicture } from '../image/picture.ts';
import { Instance, InstanceMask, Prediction } from '../predict/instance.ts';
import { csvColumns, toCsv } from './csv.ts';

interface Golden {
  spacing: number;
  regions: { size: [number, number]; counts: number[]; measures: Record<string, number> }[];
}

/** Written by test/oracle/regions.py from scikit-image. */
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../test/golden/export/regions.json', import.meta.url), 'utf8'),
);

const category = { id: 1, name: 'cell' };

function predictionOf(size: [number, number], counts: number[]): Prediction {
  const mask = new InstanceMask({ size, counts: Uint32Array.from(counts) });
  const box: [number, number, number, number] = [0, 0, size[1], size[0]];
  return new Prediction({ width: size[1], height: size[0] }, [
    new Instance({ category, score: 0.5, box, mask, keypoints: null }),
  ]);
}

/** The colours of test/oracle/regions.py. */
function pictureOf([height, width]: [number, number]): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const red = (7 * y + 13 * x) % 256;
      data.set([red, (5 * y * x) % 256, (3 * red + y) % 256], at);
    }
  }
  return { width, height, data };
}

const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { columns: true });

describe('measures against scikit-image', () => {
  const predictions = golden.regions.map(({ size, counts }, i) => ({
    name: `${i}.png`,
    prediction: predictionOf(size, counts),
    picture: pictureOf(size),
  }));
  const rows = rowsOf(toCsv(predictions, { pixelSize: `${golden.spacing} µm` }));

  it('covers every measure', () => {
    expect(rows).toHaveLength(golden.regions.length);
    expect(rows.length).toBeGreaterThan(20);
    const measured = csvColumns.slice(csvColumns.indexOf('area'));
    expect(Object.keys(golden.regions[0].measures)).toEqual(
      measured.filter((name) => name !== 'circularity'),
    );
  });

  it('eccentricity', () => {
    // Near a circle, the root magnifies rounding errors.
    golden.regions.forEach(({ measures }, i) => {
      expect(Number(rows[i].eccentricity) ** 2).toBeCloseTo(measures.eccentricity ** 2, 12);
    });
  });

  it.each(Object.keys(golden.regions[0].measures).filter((name) => name !== 'eccentricity'))('%s', (name) => {
    golden.regions.forEach(({ measures }, i) => {
      // The orientation of a region without a longest axis is arbitrary.
      const isRound = measures.axis_major_length - measures.axis_minor_length < 1e-9;
      if (name === 'orientation' && isRound) return;
      const value = Number(rows[i][name]);
      expect(
        Math.abs(value - measures[name]),
        `region ${i}: ${value}, expected ${measures[name]}`,
      ).toBeLessThan(1e-9 * Math.max(1, Math.abs(measures[name])));
    });
  });

  it('circularity, from area and perimeter', () => {
    golden.regions.forEach(({ measures: { area, perimeter } }, i) => {
      if (perimeter === 0) expect(rows[i].circularity).toBe('');
      else expect(Number(rows[i].circularity)).toBeCloseTo((4 * Math.PI * area) / perimeter ** 2, 12);
    });
  });
});

describe('the picture', () => {
  const prediction = predictionOf([3, 3], [4, 1, 4]);
  const intensityOf = (picture: Picture | RawPicture) =>
    rowsOf(toCsv([{ name: 'a.png', prediction, picture }]))[0].intensity_mean;

  test('may be raw pixels', () => {
    const shape = { width: 3, height: 3 };
    const grey = Uint8Array.from({ length: 9 }, (_, i) => 10 * i);
    expect(intensityOf({ ...shape, data: grey, channels: 1 })).toBe('40');
    const rgba = Uint8Array.from({ length: 36 }, (_, i) => (i % 4 === 3 ? 255 : grey[Math.floor(i / 4)]));
    expect(intensityOf({ ...shape, data: rgba, channels: 4 })).toBe('40');
  });

  test('is refused where it is not decoded, or of another size', () => {
    expect(() => intensityOf('a.png' as unknown as Picture)).toThrow(
      new UsageError('picture: expected a decoded one, as of decodePicture, or raw pixels, got String'),
    );
    expect(() => intensityOf(pictureOf([3, 2]))).toThrow(
      new UsageError('a.png: the prediction is of 3×3 pixels, the picture 2×3'),
    );
  });
});

test('in pixels without a size, and empty cells for what does not exist', () => {
  const boxed = new Instance({
    category: { id: 2, name: 'a "b", c' },
    score: 0.25,
    box: [1, 2, 3.5, 4],
    mask: null,
    keypoints: null,
  });
  const { instances } = predictionOf([3, 3], [4, 1, 4]);
  const prediction = new Prediction({ width: 3, height: 3 }, [...instances, boxed]);
  const csv = toCsv([{ name: 'a,b.png', prediction }]);
  const [first, second] = rowsOf(csv);
  expect(first).toMatchObject({
    picture: 'a,b.png',
    label: '1',
    class: 'cell',
    unit: 'px',
    area: '1',
    intensity_mean: '',
  });
  expect(second).toMatchObject({ label: '2', class: 'a "b", c', score: '0.25', area: '', perimeter: '' });
  expect([0, 1, 2, 3].map((i) => second[`bbox-${i}`])).toEqual(['2', '1', '4', '3.5']);
  expect(csv.split('\r\n')).toHaveLength(4);
  expect(toCsv([])).toBe(`${csvColumns.join(',')}\r\n`);
});

test('a class name that a spreadsheet would run is text', () => {
  const named = new Instance({
    category: { id: 1, name: '=1+1' },
    score: 1,
    box: [0, 0, 1, 1],
    mask: null,
    keypoints: null,
  });
  const csv = toCsv([{ name: 'a.png', prediction: new Prediction({ width: 1, height: 1 }, [named]) }]);
  expect(rowsOf(csv)[0].class).toBe("'=1+1");
});

test.each(['0.32', 'um', '0um', '-1um', '1 px px', ''])('the pixel size %j is refused', (pixelSize) => {
  expect(() => toCsv([], { pixelSize })).toThrow(UsageError);
  expect(() => toCsv([], { pixelSize })).toThrow(
    'toCsv: pixelSize: expected a length and its unit, such as 0.32um',
  );
});

test('a prediction that is not in a list is refused', () => {
  const one = { name: 'a.png', prediction: predictionOf([3, 3], [4, 1, 4]) };
  expect(() => toCsv(one as never)).toThrow(
    new UsageError('toCsv: expected a list of predictions with the names of their pictures, got Object'),
  );
});
