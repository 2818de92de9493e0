import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { applyOverrides } from '../config/overrides.ts';
import { presetConfig } from '../config/presets.ts';
import { readOverrides } from './config-file.ts';

const base = presetConfig(architectureNamed('maskrcnn_resnet50_fpn'));
const apply = (value: unknown) => applyOverrides('c.json', base, readOverrides('c.json', value));

describe("torchvision's arguments", () => {
  it('find their places', () => {
    const config = apply({
      min_size: [640, 400],
      max_size: 700,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.25, 0.25, 0.25],
      size_divisible: 32,
      rpn_anchor_generator: {
        sizes: [[8], [16], [32], [64], [128]],
        aspect_ratios: [[1], [1], [1], [1], [1]],
      },
      rpn_pre_nms_top_n_test: 11,
      rpn_post_nms_top_n_test: 12,
      rpn_nms_thresh: 0.13,
      rpn_score_thresh: 0.14,
      box_roi_pool: { featmap_names: ['0', '1', '2', '3'], output_size: 5, sampling_ratio: -1 },
      box_score_thresh: 0.15,
      box_nms_thresh: 0.16,
      box_detections_per_img: 17,
      bbox_reg_weights: [1, 1, 1, 1],
      mask_roi_pool: { output_size: 10, sampling_ratio: 4 },
      categories: [{ id: 7, name: 'cell' }],
    });
    expect(config).toEqual({
      ...base,
      preprocess: {
        minSize: 400,
        maxSize: 700,
        shrink: true,
        stretch: null,
        objectSize: null,
        mean: [0.5, 0.5, 0.5],
        std: [0.25, 0.25, 0.25],
      },
      rpn: {
        ...base.rpn,
        anchors: {
          ...base.rpn.anchors,
          sizes: [[8], [16], [32], [64], [128]],
          aspectRatios: [[1], [1], [1], [1], [1]],
        },
        preNmsTopN: 11,
        postNmsTopN: 12,
        nmsThreshold: 0.13,
        scoreThreshold: 0.14,
      },
      box: {
        ...base.box,
        head: { ...base.box.head, pool: { ...base.box.head.pool, resolution: 5, samplingRatio: 0 } },
        scoreThreshold: 0.15,
        nmsThreshold: 0.16,
        detectionsPerImage: 17,
        codingWeights: [1, 1, 1, 1],
      },
      mask: { ...base.mask, pool: { ...base.box.head.pool, resolution: 10, samplingRatio: 4 } },
      categories: [{ id: 7, name: 'cell' }],
    });
  });

  it('expand short forms of anchors as AnchorGenerator does', () => {
    const { anchors } = apply({ rpn_anchor_generator: { sizes: [16, 32], aspect_ratios: [0.5, 1] } }).rpn;
    expect(anchors).toEqual({
      placement: 'rounded',
      sizes: [[16], [32]],
      aspectRatios: [
        [0.5, 1],
        [0.5, 1],
      ],
    });
  });

  it('of training find theirs', () => {
    const { rpn, box } = apply({
      rpn_pre_nms_top_n_train: 1,
      rpn_post_nms_top_n_train: 2,
      rpn_fg_iou_thresh: 0.3,
      rpn_bg_iou_thresh: 0.4,
      rpn_batch_size_per_image: 5,
      rpn_positive_fraction: 0.6,
      box_fg_iou_thresh: 0.7,
      box_bg_iou_thresh: 0.8,
      box_batch_size_per_image: 9,
      box_positive_fraction: 0.1,
    });
    const sampling = { fgIouThresh: 0.3, bgIouThresh: 0.4, batchSizePerImage: 5, positiveFraction: 0.6 };
    expect(rpn.training).toEqual({ ...sampling, preNmsTopN: 1, postNmsTopN: 2 });
    expect(box.training).toEqual({
      fgIouThresh: 0.7,
      bgIouThresh: 0.8,
      batchSizePerImage: 9,
      positiveFraction: 0.1,
    });
  });

  it.each<[object, string]>([
    [{ min_sise: 400 }, 'c.json: unknown key min_sise (did you mean min_size'],
    [{ max_size: 5, img_mean: [0, 0, 0] }, 'unknown key img_mean (did you mean image_mean'],
    [{ min_size: -3 }, 'c.json: min_size: '],
    [{ image_mean: [0.5] }, 'c.json: image_mean: '],
    [{ box_nms_thresh: 1.5 }, 'c.json: box_nms_thresh: '],
    [{ size_divisible: 64 }, 'c.json: size_divisible: '],
    [{ rpn_anchor_generator: { sizes: [[16]], ratios: [] } }, 'ratios'],
    [{ min_size: 400, preprocess: {} }, "mixes mask-rcnn's configuration (preprocess) with torchvision's"],
    [[], 'c.json: is not a JSON object'],
  ])('refuse %j', (value, message) => {
    expect(() => apply(value)).toThrow(message);
  });
});

describe('a part of our configuration', () => {
  it('is merged key by key, lists whole', () => {
    const config = apply({ backbone: { norm: { eps: 0 } }, box: { scoreThreshold: 0.2 }, mask: null });
    expect(config).toEqual({
      ...base,
      backbone: { ...base.backbone, norm: { kind: 'frozenBatchNorm', eps: 0 } },
      box: { ...base.box, scoreThreshold: 0.2 },
      mask: null,
    });
  });

  it('may contain only the categories', () => {
    expect(apply({ categories: [{ id: 3, name: 'cat' }] }).categories).toEqual([{ id: 3, name: 'cat' }]);
  });

  it.each<[object, string]>([
    [{ backbon: {} }, 'unknown key backbon (did you mean backbone?)'],
    [{ box: { scoreTreshold: 0.1 } }, 'c.json: unknown key box.scoreTreshold (did you mean scoreThreshold?)'],
    [{ mask: { pool: { resolutoin: 1 } } }, 'unknown key mask.pool.resolutoin (did you mean resolution?)'],
    [{ categories: [{ id: 1, label: 'a' }] }, 'unknown key categories.0.label; known: id, name'],
    [{ rpn: { nmsThreshold: 'high' } }, 'c.json: rpn.nmsThreshold: '],
    [{ backbone: { name: 'resnet51' } }, 'c.json: backbone.name: '],
    [{ __proto__x: 1 }, 'unknown key __proto__x'],
  ])('refuses %j', (value, message) => {
    expect(() => apply(value)).toThrow(message);
  });

  it('cannot reach the prototype', () => {
    const value = JSON.parse('{"rpn": {"__proto__": {"polluted": true}}}') as object;
    expect(() => apply(value)).toThrow(/unknown key rpn\.__proto__/);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
