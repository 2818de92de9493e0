import { expect, test } from 'vitest';
import { architectureNamed } from './architectures.ts';
import { modelName } from './model-name.ts';
import { presetConfig } from './presets.ts';

test.each([
  ['maskrcnn_resnet50_fpn', 'Mask R-CNN'],
  ['fasterrcnn_resnet50_fpn', 'Faster R-CNN (no mask branch)'],
  ['keypointrcnn_resnet50_fpn', 'Keypoint R-CNN'],
])('the architecture of %s is %s', (name, expected) => {
  expect(modelName(presetConfig(architectureNamed(name)))).toBe(expected);
});

test('a detector may have both masks and keypoints', () => {
  const { mask } = presetConfig(architectureNamed('maskrcnn_resnet50_fpn'));
  const { keypoint } = presetConfig(architectureNamed('keypointrcnn_resnet50_fpn'));
  expect(modelName({ mask, keypoint })).toBe('Mask R-CNN with keypoints');
});
