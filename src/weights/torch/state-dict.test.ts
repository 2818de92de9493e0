import { expect, test } from 'vitest';
import { opaque } from '../pickle/opaque.ts';
import type { TensorView } from '../pickle/tensor-view.ts';
import type { PickleValue } from '../pickle/values.ts';
import { findStateDict } from './state-dict.ts';

const tensor = (offset: number): TensorView => ({
  kind: 'tensor',
  storage: { kind: 'storage', key: '0', dtype: 'float32', elements: 9, start: 0 },
  offset,
  shape: [1],
  stride: [1],
});
const dict = (entries: Record<string, PickleValue>): PickleValue => new Map(Object.entries(entries));
const weights = (first = 0) => dict({ a: tensor(first), b: tensor(first + 1), c: tensor(first + 2) });
const offsets = (checkpoint: PickleValue) =>
  [...findStateDict('a.pth', checkpoint).tensors.values()].map(({ offset }) => offset);

test.each<[string, PickleValue]>([
  ['itself', weights()],
  [
    'with counters and objects',
    dict({ a: tensor(0), epoch: 3, when: opaque('datetime.date'), b: tensor(1), c: tensor(2) }),
  ],
  ['under model, with a tensor beside it', dict({ model: weights(), loss: tensor(8) })],
  ['under a key of its own', dict({ epoch: 2, my_detector: weights(), rng: tensor(7) })],
  ['in a dict in a dict', dict({ checkpoint: dict({ state_dict: weights() }) })],
  [
    'beside an optimizer',
    dict({ optimizer: dict({ state: dict({ x: tensor(5), y: tensor(6) }) }), model: weights() }),
  ],
])('the weights of a checkpoint: %s', (_, checkpoint) => expect(offsets(checkpoint)).toEqual([0, 1, 2]));

test('averaged weights are preferred, and named', () => {
  const averaged = new Map([...(weights(3) as Map<string, PickleValue>), ['n_averaged', tensor(8)]]);
  const both = dict({ model: weights(), model_ema: averaged });
  expect(offsets(both)).toEqual([3, 4, 5, 8]);
  expect(findStateDict('a.pth', both).averaged).toBe('model_ema');
  expect(findStateDict('a.pth', dict({ ema: weights() })).averaged).toBeUndefined();
});

test.each<[PickleValue, string]>([
  [
    dict({ epoch: 1 }),
    'holds no weights: expected tensors by name, or a dict of them under model, state_dict, ',
  ],
  [
    opaque('x.Net'),
    'holds x.Net, expected a dict of tensors by name; save the state_dict() of the model instead',
  ],
  [
    dict({ a: tensor(0), b: opaque('torch._utils._rebuild_qtensor') }),
    'its weight b is torch._utils._rebuild_qtensor',
  ],
])('a checkpoint without usable weights %#', (checkpoint, message) => {
  expect(() => findStateDict('a.pth', checkpoint)).toThrow(message);
});
