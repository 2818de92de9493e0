import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { detectron2LayoutOf, detectron2Names, isDetectron2Constant } from './names.ts';

// Names and shapes of Detectron2's models at full size: see test/oracle/detectron2_layout.py.
const file = new URL('../../../test/golden/detectron2/keys.json.gz', import.meta.url);
const { models } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
  models: Record<string, Record<string, number[]>>;
};

describe.each(Object.entries(models))('the names of %s', (_, shapes) => {
  const keys = Object.keys(shapes);
  const layout = detectron2LayoutOf(keys)!;
  const names = detectron2Names(layout);

  it('have one of ours each, and come back from it', () => {
    const ours = keys.map((key) => names.current(key));
    expect(ours.filter((key) => key === undefined)).toEqual([]);
    expect(new Set(ours).size).toBe(keys.length);
    expect(ours.map((key) => names.detectron2(key!))).toEqual(keys);
  });
});

it('recognises structures by the position of the last stage', () => {
  const layoutOf = (name: string) => detectron2LayoutOf(Object.keys(models[name]));
  expect(layoutOf('R_50_C4')).toEqual({ bottomUp: 'backbone', lastStage: 'roi_heads', boxConvolutions: 0 });
  expect(layoutOf('R_50_DC5')).toEqual({ bottomUp: 'backbone', lastStage: 'backbone', boxConvolutions: 0 });
  expect(layoutOf('R_50_FPN')?.bottomUp).toBe('backbone.bottom_up');
  expect(layoutOf('R_50_FPN_gn')?.boxConvolutions).toBe(4);
  expect(detectron2LayoutOf(['backbone.body.conv1.weight'])).toBeNull();
});

it('knows the names of the keypoint branch', () => {
  const bottomUp = 'backbone.bottom_up';
  const names = detectron2Names({ bottomUp, lastStage: bottomUp, boxConvolutions: 0 });
  expect(names.current('roi_heads.keypoint_head.conv_fcn8.weight')).toBe('roi_heads.keypoint_head.14.weight');
  expect(names.detectron2('roi_heads.keypoint_predictor.kps_score_lowres.bias')).toBe(
    'roi_heads.keypoint_head.score_lowres.bias',
  );
});

it('leaves out what the configuration determines', () => {
  expect(isDetectron2Constant('pixel_mean')).toBe(true);
  expect(isDetectron2Constant('proposal_generator.anchor_generator.cell_anchors.4')).toBe(true);
  expect(isDetectron2Constant('pixel_meaning')).toBe(false);
});
