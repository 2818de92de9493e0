import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../core/tensor.ts';
import { expectedWeights } from '../../model/inference-graphs.ts';
import { checkKeys } from '../../weights/compare-keys.ts';
import { shapesOf, type WeightEntry, weightFile } from '../../weights/weight-file.ts';
import { checkAnchors, recogniseDetector } from '../recognise/detector.ts';
import { fromDetectron2 } from './weights.ts';

// Detectron2's published architectures at full size, by name and shape: see test/oracle/detectron2_layout.py. Their
// numbers are checked on tiny models in test/contract/detectron2.test.ts.
const golden = new URL('../../../test/golden/detectron2/keys.json.gz', import.meta.url);
const { models } = JSON.parse(gunzipSync(readFileSync(golden)).toString()) as {
  models: Record<string, Record<string, number[]>>;
};

/** A file with these shapes in which every number is its own position. */
function fileOf(shapes: Record<string, number[]>) {
  const entries = Object.entries(shapes).map(([key, shape]): [string, WeightEntry] => {
    const read = async () => Float32Array.from({ length: sizeOf(shape) }, (_, i) => i);
    return [key, { shape, dtype: 'float32', read }];
  });
  return weightFile('model.pkl', new Map(entries));
}

describe.each([
  ['R_50_C4', 'resnet50', 'c4', true, 15],
  ['R_50_DC5', 'resnet50', 'dc5', true, 15],
  ['R_50_FPN', 'resnet50', 'fpn', true, 3],
  ['R_101_FPN', 'resnet101', 'fpn', true, 3],
  ['X_101_32x8d_FPN', 'resnext101_32x8d', 'fpn', false, 3],
  ['R_50_FPN_gn', 'resnet50', 'fpn', false, 3],
] as const)('Detectron2 %s', (name, backbone, structure, strideIn1x1, anchors) => {
  const weights = fromDetectron2(fileOf(models[name]))!;
  const shapes = shapesOf(weights);
  const { config, anchorsPerLocation } = recogniseDetector('model.pkl', shapes, { detectron2: true });

  it('is recognised, and its weights are exactly those that the model needs', () => {
    expect(config).toMatchObject({ structure, backbone: { name: backbone, strideIn1x1 } });
    expect(anchorsPerLocation).toBe(anchors);
    expect(() => checkAnchors('model.pkl', config, anchorsPerLocation)).not.toThrow();
    expect(() => checkKeys('model.pkl', expectedWeights(config), shapes)).not.toThrow();
  });

  it("has COCO's 80 classes by the ids of the data set", () => {
    expect(config.categories).toHaveLength(80);
    expect(config.categories[0]).toEqual({ id: 1, name: 'person' });
    expect(config.categories[79]).toEqual({ id: 90, name: 'toothbrush' });
  });
});

describe('weights in another order', () => {
  const weights = fromDetectron2(fileOf(models.R_50_C4))!;
  const read = async (key: string) => (await weights.read(key)).data;

  it('have the background first, with zeros if there was none', async () => {
    const bias = await read('roi_heads.box_predictor.cls_score.bias');
    expect([...bias.subarray(0, 3), bias[80]]).toEqual([80, 0, 1, 79]);
    const deltas = await read('roi_heads.box_predictor.bbox_pred.bias');
    expect([...deltas.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 1]);
    expect(deltas).toHaveLength(324);
    expect(await read('roi_heads.mask_predictor.mask_fcn_logits.bias')).toHaveLength(81);
  });

  it('see red, green and blue', async () => {
    const kernel = await read('backbone.body.conv1.weight');
    expect([kernel[0], kernel[49], kernel[98]]).toEqual([98, 49, 0]);
  });

  it('have the ratios of anchors outside and the sizes inside', async () => {
    const objectness = await read('rpn.head.cls_logits.bias');
    expect([...objectness]).toEqual([0, 3, 6, 9, 12, 1, 4, 7, 10, 13, 2, 5, 8, 11, 14]);
    const deltas = await read('rpn.head.bbox_pred.bias');
    expect([...deltas.subarray(0, 8)]).toEqual([0, 1, 2, 3, 12, 13, 14, 15]);
  });
});

it('unknown layers are listed', () => {
  const shapes = { ...models.R_50_FPN, 'roi_heads.box_head.0.fc1.weight': [1024, 12544] };
  expect(() => fromDetectron2(fileOf(shapes))).toThrow(
    'model.pkl: is a Detectron2 model with unknown layers: roi_heads.box_head.0.fc1.weight',
  );
});
