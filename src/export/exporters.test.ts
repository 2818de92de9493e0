import { decode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { maskOf } from '../data/coco/truth.ts';
import { decodeLabelPng, masksByValue } from '../data/convert/label-png.ts';
import { decodeToBitmap, encodeBitmap } from '../ops/rle/bitmap.ts';
import { rleFromPolygons } from '../ops/rle/polygon.ts';
import type { Rle } from '../ops/rle/rle.ts';
import { Instance, InstanceMask, Prediction } from '../predict/instance.ts';
import { memorySource } from '../weights/byte-source.ts';
import { contentOffset, readZipDirectory } from '../weights/zip/reader.ts';
import { toCocoDataset } from './coco-dataset.ts';
import { toCutOut } from './cut-out.ts';
import { toGeoJson } from './geojson.ts';
import { toRois } from './imagej-roi.ts';
import { toLabels } from './label-picture.ts';

const size = [12, 15] as const;
const category = { id: 7, name: 'Zelle "ü"' };

function instance(mask: Rle | null, score: number): Instance {
  const box: [number, number, number, number] = [2, 1, 9.5, 8];
  return new Instance({ category, score, box, mask: mask && new InstanceMask(mask), keypoints: null });
}

/** A square with a hole, two parts that touch at a corner, and one that overlaps the first. */
const ring = rleFromPolygons([[1, 1, 8, 1, 8, 8, 1, 8]], size);
const holed = encodeBitmap(
  decodeToBitmap(ring).map((inside, at) => (at === 4 * 15 + 4 || at === 5 * 15 + 4 ? 0 : inside)),
  size,
);
const parts = rleFromPolygons(
  [
    [9, 2, 11, 2, 11, 4, 9, 4],
    [11, 4, 14, 4, 14, 6, 11, 6],
  ],
  size,
);
const square = rleFromPolygons([[6, 6, 12, 6, 12, 11, 6, 11]], size);
const prediction = new Prediction({ width: 15, height: 12 }, [
  instance(holed, 0.9),
  instance(parts, 0.8),
  instance(square, 0.7),
]);
const boxed = new Prediction({ width: 15, height: 12 }, [instance(null, 0.5)]);

describe('label pictures', () => {
  const values = new Uint16Array(15 * 12);
  for (const [index, mask] of [square, parts, holed].entries()) {
    decodeToBitmap(mask).forEach((inside, at) => {
      if (inside) values[at] = 3 - index;
    });
  }

  it('as 16-bit PNG: the best score wins', () => {
    const png = decodeLabelPng(toLabels(prediction), 'labels');
    expect(png).toMatchObject({ width: 15, height: 12, kind: 'grey' });
    expect(png.values).toEqual(values);
    expect(masksByValue(png).get(1)).toEqual(holed);
  });

  it('as 16-bit TIFF', async () => {
    const file = toLabels(prediction, { format: 'tiff' });
    expect(await sharp(file).metadata()).toMatchObject({ format: 'tiff', depth: 'ushort', channels: 1 });
    const { data } = await sharp(file)
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    expect(new Uint16Array(data.buffer, data.byteOffset, values.length)).toEqual(values);
  });

  it('as 32-bit TIFF beyond 65,535 instances', async () => {
    const many = Array.from({ length: 65_537 }, (_, index) => {
      const counts = Uint32Array.of(index, 1, 300 * 300 - index - 1);
      return new Instance({
        category,
        score: 1,
        box: [0, 0, 1, 1],
        mask: new InstanceMask({ size: [300, 300], counts }),
        keypoints: null,
      });
    });
    const file = toLabels(new Prediction({ width: 300, height: 300 }, many));
    const { depth, width } = await sharp(file).metadata();
    expect([depth, width]).toEqual(['uint', 300]);
    const view = new DataView(file.buffer, file.length - 4 * 300 * 300);
    // Columns are numbered from the top.
    for (const index of [0, 299, 300, 65_536]) {
      const [row, column] = [index % 300, Math.floor(index / 300)];
      expect(view.getUint32(4 * (row * 300 + column), true)).toBe(index + 1);
    }
  });

  it('refuses other formats', () => {
    expect(() => toLabels(prediction, { format: 'gif' as 'png' })).toThrow(
      'toLabels: format must be png or tiff, got "gif"',
    );
  });
});

describe('GeoJSON', () => {
  const { features } = toGeoJson(prediction);

  it('has holes, parts, and what QuPath reads', () => {
    expect(features.map(({ geometry }) => geometry.type)).toEqual(['Polygon', 'MultiPolygon', 'Polygon']);
    expect(features[0].geometry.coordinates).toHaveLength(2);
    expect(features[2].geometry.coordinates).toEqual([
      [
        [12, 6],
        [12, 11],
        [6, 11],
        [6, 6],
        [12, 6],
      ],
    ]);
    expect(features[0].properties).toEqual({
      objectType: 'detection',
      classification: { name: category.name },
      measurements: { score: 0.9 },
    });
  });

  it('places coordinates by a georeference, outer rings counter-clockwise', () => {
    const georeference = { transform: [10, 0, 500_000, 0, -10, 4_000_000] as const, epsg: 32_633 };
    const placed = toGeoJson(prediction, { georeference });
    expect(placed.crs?.properties.name).toBe('urn:ogc:def:crs:EPSG::32633');
    const [outer] = placed.features[2].geometry.coordinates as [number, number][][];
    expect(outer).toContainEqual([500_060, 3_999_940]);
    const area = outer
      .slice(0, -1)
      .reduce((sum, [x, y], i) => sum + x * outer[i + 1][1] - outer[i + 1][0] * y, 0);
    expect(area / 2).toBe(30 * 100);
    expect(toGeoJson(prediction)).not.toHaveProperty('crs');
  });

  it('gives the box without a mask', () => {
    const [{ geometry }] = toGeoJson(boxed).features;
    expect(geometry).toEqual({
      type: 'Polygon',
      coordinates: [
        [
          [2, 1],
          [9.5, 1],
          [9.5, 8],
          [2, 8],
          [2, 1],
        ],
      ],
    });
  });
});

test('an ImageJ ROI set: traced selections, composites and rectangles', async () => {
  const source = memorySource(
    'rois.zip',
    await toRois(new Prediction(prediction, [...prediction.instances, ...boxed.instances])),
  );
  const files = new Map<string, Uint8Array>();
  for (const [name, entry] of await readZipDirectory(source)) {
    files.set(name, await source.read(await contentOffset(source, entry), entry.size));
  }
  expect([...files.keys()]).toEqual(['1-Zelle _.roi', '2-Zelle _.roi', '3-Zelle _.roi', '4-Zelle _.roi']);
  const views = [...files.values()].map(
    (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  );
  const types = views.map((view) => view.getUint8(6));
  expect(types).toEqual([1, 1, 8, 1]);
  // 11 numbers of the outer ring and the hole each: 4 segments of 3, and the end.
  expect(views.map((view) => view.getUint32(36))).toEqual([26, 26, 0, 0]);
  const bounds = views.map((view) => [8, 10, 12, 14].map((at) => view.getUint16(at)));
  expect(bounds).toEqual([
    [1, 1, 8, 8],
    [2, 9, 6, 14],
    [6, 6, 11, 12],
    [1, 2, 8, 10],
  ]);
  expect(views[2].getUint16(16)).toBe(4);
  // x relative to the left, then y relative to the top.
  const points = Array.from({ length: 8 }, (_, i) => views[2].getUint16(64 + 2 * i));
  expect(points).toEqual([6, 6, 0, 0, 0, 5, 5, 0]);
  const text = Buffer.from([...files.values()][0])
    .swap16()
    .toString('utf16le');
  expect(text).toContain(`class: ${category.name}\nscore: 0.9\n`);
});

test('a COCO data set of predictions', () => {
  const named = [
    { name: 'a.png', prediction },
    { name: 'b.png', prediction: boxed },
  ];
  const { images, annotations, categories } = toCocoDataset(named, [category]);
  expect(images).toEqual([
    { id: 1, file_name: 'a.png', width: 15, height: 12 },
    { id: 2, file_name: 'b.png', width: 15, height: 12 },
  ]);
  expect(categories).toEqual([category]);
  expect(
    annotations.map(({ id, image_id, category_id, score }) => [id, image_id, category_id, score]),
  ).toEqual([
    [1, 1, 7, 0.9],
    [2, 1, 7, 0.8],
    [3, 1, 7, 0.7],
    [4, 2, 7, 0.5],
  ]);
  expect(maskOf(annotations[0], images[0])).toEqual(holed);
  expect(annotations[2]).toMatchObject({ bbox: [6, 6, 6, 5], area: 30, iscrowd: 0 });
  expect(annotations[3]).toMatchObject({ bbox: [2, 1, 7.5, 7], area: 52.5 });
  for (const others of [[], [{ ...category, id: 8 }], [{ ...category, name: 'nucleus' }]]) {
    expect(() => toCocoDataset(named, others)).toThrow(
      'toCocoDataset: the categories do not include Zelle "ü", of an instance in a.png',
    );
  }
});

test('a cut-out is transparent outside the mask', () => {
  const picture = {
    width: 15,
    height: 12,
    data: Uint8Array.from({ length: 15 * 12 * 3 }, (_, i) => i % 251),
  };
  const png = decode(toCutOut(picture, prediction.instances[0])!);
  expect([png.width, png.height, png.channels]).toEqual([7, 7, 4]);
  const inside = decodeToBitmap(holed);
  for (let y = 0; y < 7; y++) {
    for (let x = 0; x < 7; x++) {
      const at = (y + 1) * 15 + x + 1;
      const wanted = inside[at] ? [...picture.data.subarray(3 * at, 3 * at + 3), 255] : [0, 0, 0, 0];
      expect([...png.data.subarray(4 * (7 * y + x), 4 * (7 * y + x) + 4)]).toEqual(wanted);
    }
  }
  const boxPng = decode(toCutOut(picture, boxed.instances[0])!);
  expect([boxPng.width, boxPng.height]).toEqual([8, 7]);
  const outside = new Instance({ category, score: 1, box: [20, 0, 30, 5], mask: null, keypoints: null });
  expect(toCutOut(picture, outside)).toBeNull();
});
