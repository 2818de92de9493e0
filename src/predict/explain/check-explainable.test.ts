import { expect, it } from 'vitest';
import { architectureNamed, presetConfig } from '../../config/presets.ts';
import { checkExplainable } from './check-explainable.ts';

it('takes torchvision’s models and names what it cannot show of others', () => {
  const config = presetConfig(architectureNamed('maskrcnn_resnet50_fpn_v2'));
  expect(() => checkExplainable(config)).not.toThrow();
  expect(() => checkExplainable({ ...config, mask: null })).not.toThrow();
  expect(() => checkExplainable(presetConfig(architectureNamed('maskrcnn_resnet50_c4')))).toThrow(
    'cannot explain this variant of the model: structure is c4, expected fpn',
  );
  const softmax = { ...config, mask: { ...config.mask!, output: 'softmax' as const } };
  expect(() => checkExplainable(softmax)).toThrow('mask.output is softmax, expected sigmoid');
});
