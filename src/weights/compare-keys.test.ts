import { expect, it } from 'vitest';
import { checkKeys, compareKeys } from './compare-keys.ts';

const expected = new Map<string, number[]>([
  ['a.weight', [2, 3]],
  ['b.weight', [4]],
  ['bn.num_batches_tracked', []],
]);

it('accepts what fits, with or without num_batches_tracked', () => {
  const actual = new Map(expected);
  expect(() => checkKeys('x.pth', expected, actual)).not.toThrow();
  actual.delete('bn.num_batches_tracked');
  actual.set('other.num_batches_tracked', []);
  expect(() => checkKeys('x.pth', expected, actual)).not.toThrow();
});

it('lists missing, wrongly shaped and unused keys', () => {
  const actual = new Map([
    ['a.weight', [3, 2]],
    ['c.weight', [1]],
  ]);
  expect(compareKeys(expected, actual)).toEqual({
    missing: ['b.weight [4]'],
    misshapen: ['a.weight has [3, 2], expected [2, 3]'],
    unused: ['c.weight'],
  });
  expect(() => checkKeys('x.pth', expected, actual)).toThrow(
    'x.pth: its weights do not fit the model: 1 missing (b.weight [4]); ' +
      '1 wrongly shaped (a.weight has [3, 2], expected [2, 3]); 1 unused (c.weight)',
  );
});

it('lists at most five of each', () => {
  const many = new Map(Array.from({ length: 50 }, (_, i) => [`k${i}`, [1]] as const));
  expect(() => checkKeys('x.pth', new Map(), many)).toThrow(/50 unused \(k0, k1, k2, k3, k4, …\)$/);
});
