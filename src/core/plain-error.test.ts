import { expect, test } from 'vitest';
import { InputError, MaskRcnnError, UsageError } from './errors.ts';
import { fromPlainError, toPlainError } from './plain-error.ts';

test.each([
  new InputError('a.png', 'no such file'),
  new InputError('A'.repeat(1000), 'no such file'),
  new UsageError('--threads: expected a number'),
  new MaskRcnnError('the folder is full'),
])('an error comes from a worker as it was: %#', (error) => {
  const received = fromPlainError(structuredClone(toPlainError(error)));
  expect(received).toEqual(error);
  expect(received.constructor).toBe(error.constructor);
});

test('an unexpected error keeps its stack', () => {
  const error = new TypeError('x is undefined');
  const received = fromPlainError(structuredClone(toPlainError(error)));
  expect(received).not.toBeInstanceOf(MaskRcnnError);
  expect(received).toMatchObject({ message: 'x is undefined', stack: error.stack });
  expect(fromPlainError(toPlainError('text')).message).toBe('text');
});
