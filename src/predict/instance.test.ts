import { expect, test } from 'vitest';
import { decompressRle } from '../ops/rle/compressed.ts';
import { rleFromPolygons } from '../ops/rle/polygon.ts';
import { Instance, InstanceMask, Prediction, type PredictionJson } from './instance.ts';
import { toCocoResults } from './result-entry.ts';

const mask = new InstanceMask(rleFromPolygons([[1, 1, 7, 2, 5, 6, 2, 5]], [8, 9]));
const prediction = new Prediction({ width: 9, height: 8 }, [
  new Instance({
    category: { id: 7, name: 'cell' },
    score: Math.fround(0.9),
    box: [1, 1, 7, 6.5],
    mask,
    keypoints: { points: [{ name: 'tip', x: 1.5, y: 2, score: 3 }], skeleton: [] },
  }),
  new Instance({
    category: { id: 2, name: 'hole' },
    score: 0.5,
    box: [0, 0, 1, 1],
    mask: null,
    keypoints: null,
  }),
]);

test('a prediction survives JSON in the form of COCO results', () => {
  const json = JSON.parse(JSON.stringify(prediction)) as PredictionJson;
  expect(json).toEqual({
    width: 9,
    height: 8,
    instances: [
      {
        category_id: 7,
        category_name: 'cell',
        bbox: [1, 1, 6, 5.5],
        score: 0.899999976,
        segmentation: { size: [8, 9], counts: expect.any(String) },
        keypoints: [1.5, 2, 1],
        keypoint_scores: [3],
      },
      { category_id: 2, category_name: 'hole', bbox: [0, 0, 1, 1], score: 0.5 },
    ],
  });
  const { size, counts } = json.instances[0].segmentation!;
  expect(decompressRle(counts, size)).toEqual(mask.rle);
  expect(JSON.parse(JSON.stringify(prediction.instances[0]))).toEqual(json.instances[0]);
  expect(JSON.parse(JSON.stringify(mask))).toEqual(json.instances[0].segmentation);
});

test('predictions become a results file with the ids that the caller gives', () => {
  const { instances } = prediction.toJSON();
  const records = instances.map((instance) => ({ image_id: 42, ...instance }));
  expect(toCocoResults(new Map([[42, prediction]]))).toEqual(records);
  const numbered = toCocoResults([prediction, prediction].entries());
  expect(numbered.map(({ image_id }) => image_id)).toEqual([0, 0, 1, 1]);
  expect(toCocoResults([])).toEqual([]);
});

test('predictions without ids are refused', () => {
  const message = 'toCocoResults: expected pairs of an image id and its prediction';
  for (const wrong of [[prediction], [['a', prediction]], [[1]], [[1, {}]]]) {
    expect(() => toCocoResults(wrong as never)).toThrow(message);
  }
  expect(() => toCocoResults(prediction as never)).toThrow(
    'toCocoResults: expected a list of pairs of an image id and its prediction, got Object',
  );
});
