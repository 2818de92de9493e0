import { expect, test } from 'vitest';
import { float32Tensor } from '../core/tensor.ts';
import { memoryWeights } from '../weights/weight-file.ts';
import { unwrapped } from './unwrapped.ts';

const names = ['backbone.body.conv1.weight', 'backbone.fpn.x.weight', 'rpn.head.weight', 'roi_heads.weight'];
const classifier = ['conv1.weight', 'layer1.0.conv1.weight', 'fc.weight'];

function file(keys: readonly string[]) {
  return memoryWeights('a.pth', new Map(keys.map((key, i) => [key, float32Tensor([1], Float32Array.of(i))])));
}

test.each(['', 'module.', 'model.', 'net.', '_orig_mod.', 'module._orig_mod.', 'model.module.detector.'])(
  'names with the prefix "%s" become those of the model',
  async (prefix) => {
    for (const own of [names, classifier]) {
      const { weights, notes } = unwrapped(file(own.map((name) => prefix + name)));
      expect(weights.keys()).toEqual(own);
      expect(notes).toEqual([]);
      expect([...(await weights.read(own[2])).data]).toEqual([2]);
    }
  },
);

test('tensors outside the model are left out, inside it they are not', () => {
  const wrapped = names.map((name) => `module.${name}`);
  const { weights, notes } = unwrapped(
    file([...wrapped, 'n_averaged', 'module.my_aux.weight', 'loss.a', 'loss.b']),
  );
  expect(weights.keys()).toEqual([...names, 'my_aux.weight']);
  expect(notes).toEqual(['left out what is outside module.: loss.a, loss.b']);
  expect(unwrapped(file([...names, 'n_averaged'])).weights.keys()).toEqual(names);
});

test('parts that were compiled on their own lose their prefix', () => {
  const compiled = names.map((name) => name.replace(/^(\w+)\./, '$1._orig_mod.'));
  expect(unwrapped(file(compiled)).weights.keys()).toEqual(names);
  expect(() => unwrapped(file([...names, compiled[0]]))).toThrow(
    'a.pth: contains backbone.body.conv1.weight twice, with and without its wrapper',
  );
});
