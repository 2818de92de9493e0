import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { semanticPreset } from '../config/semantic.ts';
import { float32Tensor } from '../core/tensor.ts';
import { weightFile } from '../weights/weight-file.ts';
import { modelKindOf } from './model-kind.ts';

const ant = [{ id: 1, name: 'ant' }];
const fcnNames = ['backbone.conv1.weight', 'classifier.4.weight'];

/** A file with one number under each name. */
function fileOf(names: readonly string[], config?: object) {
  const { shape, data } = float32Tensor([1], new Float32Array(1));
  const entries = names.map((name) => [name, { shape, dtype: 'float32', read: async () => data }] as const);
  const metadata: Record<string, string> = config ? { config: JSON.stringify(config) } : {};
  return weightFile('a.safetensors', new Map(entries), { metadata });
}

describe('the kind of model in a file', () => {
  it('is that of its configuration, whatever the names of its weights', () => {
    expect(modelKindOf(fileOf(['a'], semanticPreset('fcn_resnet50', ant)))).toBe('fcn');
    const detector = presetConfig(architectureNamed('maskrcnn_resnet18_fpn'), ant);
    expect(modelKindOf(fileOf(fcnNames, detector))).toBe('detector');
  });

  it('is recognised by name in weights of other tools, wrapped for parallel training or not', () => {
    expect(modelKindOf(fileOf(fcnNames))).toBe('fcn');
    expect(modelKindOf(fileOf(fcnNames.map((name) => `module.${name}`)))).toBe('fcn');
    expect(modelKindOf(fileOf(['backbone.body.conv1.weight']))).toBe('detector');
  });

  it('is unknown if the configuration is not valid', () => {
    expect(() => modelKindOf(fileOf(['a'], { kind: 'ssd' }))).toThrow(/^a\.safetensors: kind: expected/);
  });
});
