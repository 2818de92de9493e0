import { describe, expect, it } from 'vitest';
import { architectureNamed } from '../config/architectures.ts';
import { presetConfig } from '../config/presets.ts';
import { type Float32Tensor, float32Tensor, sizeOf } from '../core/tensor.ts';
import { expectedWeights } from '../model/inference-graphs.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import { backboneWeights } from './backbone-weights.ts';

const scope = 'backbone.body';

const ones = (shape: readonly number[]) => float32Tensor(shape, new Float32Array(sizeOf(shape)).fill(1));

/** The weights of a model's backbone as its classifier names them, and further ones. */
function classifier(shapes: ReadonlyMap<string, readonly number[]>, further: string[]) {
  const body = [...shapes].filter(([name]) => name.startsWith(`${scope}.`));
  const own = body.map(([name, shape]): [string, Float32Tensor] => [
    name.replace(`${scope}.`, ''),
    ones(shape),
  ]);
  return new Map([...own, ...further.map((name): [string, Float32Tensor] => [name, ones([2])])]);
}

function shapesOf(architecture: string) {
  return expectedWeights(presetConfig(architectureNamed(architecture), [{ id: 1, name: 'ant' }]));
}

describe('the weights of a classifier', () => {
  it.each([
    ['resnet18', ['fc.weight', 'fc.bias', 'bn1.num_batches_tracked'], 'fc'],
    ['efficientnet_lite0', ['_conv_head.weight', '_bn1.bias', '_fc.weight'], '_conv_head, _bn1, _fc'],
  ] as const)('of %s become those of a backbone', (name, further, layers) => {
    const shapes = shapesOf(`maskrcnn_${name}_fpn`);
    const file = memoryWeights('a.pth', classifier(shapes, [...further]));
    const { weights, note } = backboneWeights(file, name, shapes, scope);
    const body = [...shapes.keys()].filter((key) => key.startsWith(`${scope}.`));
    expect(weights.keys()).toEqual(expect.arrayContaining(body));
    expect(note).toBe(
      `a.pth: the backbone starts from it, without its classifier (${layers}); all other layers are initialised randomly`,
    );
  });

  it('may have been saved from a model wrapped for parallel training', () => {
    const shapes = shapesOf('maskrcnn_resnet18_fpn');
    const wrapped = [...classifier(shapes, [])].map(([key, value]) => [`module.${key}`, value] as const);
    const { weights } = backboneWeights(memoryWeights('b.pth', new Map(wrapped)), 'resnet18', shapes, scope);
    expect(weights.keys()).toContain('backbone.body.layer4.1.conv2.weight');
  });

  it('are refused if they are of a larger network, or of a detector', () => {
    const shapes = shapesOf('maskrcnn_resnet18_fpn');
    const larger = memoryWeights('c.pth', classifier(shapesOf('maskrcnn_resnet34_fpn'), ['fc.weight']));
    expect(() => backboneWeights(larger, 'resnet18', shapes, scope)).toThrow(
      /^c.pth: is not a resnet18: it has layer1.2.conv1.weight and \d+ other weights that the backbone lacks$/,
    );
    const detector = new Map([...shapes].map(([key, shape]) => [key, ones(shape)] as const));
    expect(() => backboneWeights(memoryWeights('d.pth', detector), 'resnet18', shapes, scope)).toThrow(
      'd.pth: is a detector, expected a classifier',
    );
  });
});
