import { expect, test } from 'vitest';
import { InputError } from '../core/errors.ts';
import { fromPlainError, toPlainError } from './predict-job.ts';

test.each(['a.png', 'A'.repeat(1000)])('an error comes from a worker as it was', (source) => {
  const error = new InputError(source, 'no such file');
  const received = fromPlainError(toPlainError(error));
  expect(received).toEqual(error);
  expect(received).toMatchObject({ source, message: error.message });
});
