import { describe, expect, it } from 'vitest';
import { goldenModels, goldenShapes } from '../../../test/support/golden-weights.ts';
import { architectureNamed } from '../../config/architectures.ts';
import { cocoCategories } from '../../config/coco-categories.ts';
import { presetConfig } from '../../config/presets.ts';
import { checkAnchors, recogniseDetector } from './detector.ts';

const builders = [
  'maskrcnn_resnet50_fpn',
  'maskrcnn_resnet50_fpn_v2',
  'fasterrcnn_resnet50_fpn',
  'fasterrcnn_resnet50_fpn_v2',
];

/** A model's shapes with some replaced, or removed where null is given. */
function changed(name: string, changes: Record<string, number[] | null>): Map<string, readonly number[]> {
  const shapes = goldenShapes(name);
  for (const [key, shape] of Object.entries(changes)) {
    if (shape) shapes.set(key, shape);
    else shapes.delete(key);
  }
  return shapes;
}

describe('recognise', () => {
  it.each(builders)("finds the preset of torchvision's %s", (name) => {
    const { config, notes, anchorsPerLocation } = recogniseDetector('x.pth', goldenShapes(name));
    const preset = presetConfig(architectureNamed(name));
    // Without trained weights torchvision builds the backbone with ordinary batch norm.
    const norm = { kind: 'batchNorm', eps: 1e-5 };
    expect(config).toEqual({ ...preset, backbone: { ...preset.backbone, norm } });
    expect(notes[0]).toBe(`recognised ${name} with 91 classes`);
    expect(anchorsPerLocation).toBe(3);
  });

  const frozen = Object.keys(goldenModels()).filter((name) => name.endsWith(' frozen'));
  it.each(frozen)('finds %s batch norm', (golden) => {
    const name = golden.replace(' frozen', '');
    const { config, notes } = recogniseDetector('x.pth', goldenShapes(golden));
    const preset = presetConfig(architectureNamed(name), config.categories);
    expect(config).toEqual(preset);
    expect(notes[0]).toMatch(`recognised ${name} with`);
  });

  it('names unknown classes, and COCO ones for 91', () => {
    const five = recogniseDetector('x.pth', goldenShapes('maskrcnn_resnet18_fpn frozen'));
    expect(five.config.categories.map(({ name }) => name)).toEqual([
      'class_1',
      'class_2',
      'class_3',
      'class_4',
    ]);
    const coco = recogniseDetector('x.pth', goldenShapes('maskrcnn_resnet50_fpn'));
    expect(coco.config.categories).toEqual(cocoCategories);
  });

  it('reads widths from the shapes', () => {
    const shapes = changed('maskrcnn_resnet18_fpn frozen', {
      'backbone.body.conv1.weight': [16, 3, 7, 7],
      'backbone.fpn.layer_blocks.0.0.weight': [96, 96, 3, 3],
      'roi_heads.box_head.fc6.weight': [200, 96 * 5 * 5],
      'roi_heads.box_head.fc7.weight': [100, 200],
      'roi_heads.mask_head.0.0.weight': [40, 96, 3, 3],
      'roi_heads.mask_predictor.conv5_mask.weight': [40, 24, 2, 2],
    });
    const { config } = recogniseDetector('x.pth', shapes);
    expect(config.backbone.width).toBe(16);
    expect(config.fpn.channels).toBe(96);
    expect(config.box.head.fullyConnected).toEqual([200, 100]);
    expect(config.box.head.pool.resolution).toBe(5);
    expect(config.mask).toMatchObject({ convolutions: [40, 256, 256, 256], deconvolution: 24 });
  });

  it('recognises a narrow ResNeXt', () => {
    const shapes = changed('maskrcnn_resnext50_32x4d_fpn frozen', {
      'backbone.body.conv1.weight': [32, 3, 7, 7],
      'backbone.body.layer1.0.conv2.weight': [64, 2, 3, 3],
    });
    expect(recogniseDetector('x.pth', shapes).config.backbone).toMatchObject({
      name: 'resnext50_32x4d',
      width: 32,
    });
  });

  it('recognises Keypoint R-CNN, and the published one by its legacy keys', () => {
    const shapes = goldenShapes('keypointrcnn_resnet50_fpn');
    const { config, notes } = recogniseDetector('x.pth', shapes, { legacyKeys: true });
    const preset = presetConfig(architectureNamed('keypointrcnn_resnet50_fpn'));
    expect(config).toEqual({
      ...preset,
      backbone: { ...preset.backbone, norm: config.backbone.norm },
    });
    expect(config.categories).toEqual([{ id: 1, name: 'person' }]);
    expect(config.keypoint?.names).toHaveLength(17);
    expect(notes[0]).toBe('recognised keypointrcnn_resnet50_fpn with 2 classes');
    const detectron2 = recogniseDetector('x.pkl', shapes, { detectron2: true }).config;
    expect(detectron2.keypoint?.pool).toMatchObject({ aligned: true, samplingRatio: 0 });
    expect(detectron2.categories).toEqual([{ id: 1, name: 'person' }]);
    const named = recogniseDetector('x.pth', shapes, { arch: 'keypointrcnn_resnet50_fpn' });
    expect(named.config.keypoint).toEqual(preset.keypoint);
  });

  it.each([
    ['retinanet_resnet50_fpn', /one-stage detector/],
    ['resnet18', /classifier/],
    ['wide_resnet50_2', /3,4,6,3 bottleneck blocks with 1 groups of 128, which is none of resnet18/],
  ])('refuses %s', (name, message) => {
    expect(() => recogniseDetector('x.pth', goldenShapes(name))).toThrow(message);
    expect(() => recogniseDetector('x.pth', goldenShapes(name))).toThrow(/^x\.pth: /);
  });

  it.each<[Record<string, number[] | null>, RegExp]>([
    [
      { 'roi_heads.box_predictor.cls_score.weight': null },
      /has no tensor roi_heads\.box_predictor\.cls_score/,
    ],
    [{ 'roi_heads.box_predictor.cls_score.weight': [1, 1024] }, /no classes besides the background/],
    [{ 'backbone.body.conv1.weight': [64, 3] }, /has shape \[64, 3\], expected 4 dimensions/],
    [{ 'roi_heads.box_head.fc6.weight': [1024, 12545] }, /takes 12545 features/],
    [{ 'backbone.body.layer3.6.conv1.weight': [256, 1024, 1, 1] }, /backbone of 3,4,7,3 bottleneck/],
  ])('refuses %j', (changes, message) => {
    expect(() => recogniseDetector('x.pth', changed('maskrcnn_resnet50_fpn', changes))).toThrow(message);
  });
});

describe('the eps of batch norm', () => {
  const shapes = goldenShapes('maskrcnn_resnet50_fpn frozen');
  const epsOf = (options: Parameters<typeof recogniseDetector>[2], of = shapes) =>
    recogniseDetector('x.pth', of, options).config.backbone.norm.eps;

  it('is 0 for a frozen 91-class model with legacy keys, and says so', () => {
    expect(epsOf({ legacyKeys: true })).toBe(0);
    expect(epsOf({ legacyKeys: true, arch: 'maskrcnn_resnet50_fpn' })).toBe(0);
    expect(recogniseDetector('x.pth', shapes, { legacyKeys: true }).notes.join()).toMatch(
      /batch-norm eps is 0/,
    );
  });

  it('is 1e-5 for everything else', () => {
    expect(epsOf({})).toBe(1e-5);
    expect(epsOf({ legacyKeys: true }, goldenShapes('maskrcnn_resnet18_fpn frozen'))).toBe(1e-5);
    expect(epsOf({ legacyKeys: true }, goldenShapes('maskrcnn_resnet50_fpn'))).toBe(1e-5);
    const mobile = new Map(goldenShapes('fasterrcnn_mobilenet_v3_large_fpn'));
    for (const key of mobile.keys()) if (key.endsWith('.num_batches_tracked')) mobile.delete(key);
    expect(epsOf({ legacyKeys: true }, mobile)).toBe(1e-5);
  });
});

describe('arch', () => {
  it('takes the structure from the name and the classes from the keys', () => {
    const { config } = recogniseDetector('x.pth', goldenShapes('maskrcnn_resnet18_fpn frozen'), {
      arch: 'fasterrcnn_resnet34_fpn_v2',
    });
    expect(config.backbone.name).toBe('resnet34');
    expect(config.mask).toBeNull();
    expect(config.box.head.fullyConnected).toEqual([1024]);
    expect(config.categories).toHaveLength(4);
  });

  it('has to be known', () => {
    const run = () =>
      recogniseDetector('x.pth', goldenShapes('maskrcnn_resnet50_fpn'), { arch: 'maskrcnn-resnet50-fnp' });
    expect(run).toThrow(/unknown architecture maskrcnn-resnet50-fnp \(did you mean maskrcnn_resnet50_fpn or/);
  });
});

describe('checkAnchors', () => {
  const { config } = recogniseDetector('x.pth', goldenShapes('maskrcnn_resnet50_fpn'));

  it('accepts the number that the RPN scores and no other', () => {
    expect(() => checkAnchors('x.pth', config, 3)).not.toThrow();
    expect(() => checkAnchors('x.pth', config, 15)).toThrow(
      /scores 15 anchors .* makes 3; set rpn_anchor_generator/,
    );
  });

  it('requires anchors for five levels', () => {
    const anchors = { ...config.rpn.anchors, sizes: [[32]], aspectRatios: [[1]] };
    const run = () => checkAnchors('x.json', { ...config, rpn: { ...config.rpn, anchors } }, 1);
    expect(run).toThrow(/5 lists of sizes and of aspect ratios \(P2…P6\), got 1 and 1/);
  });
});
