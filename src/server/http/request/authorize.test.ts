import { expect, test } from 'vitest';
import { authorize } from './authorize.ts';

test.each(['Bearer s3cret', 'bearer s3cret', 'Bearer  s3cret '])('%s is let in', (header) => {
  expect(() => authorize(header, 's3cret')).not.toThrow();
});

test.each([
  undefined,
  '',
  's3cret',
  'Basic s3cret',
  'Bearer',
  'Bearer s3cre',
  'Bearer s3crett',
  'Bearer S3CRET',
  'Bearer s3cret s3cret',
])('%s is not', (header) => {
  expect(() => authorize(header, 's3cret')).toThrow(
    expect.objectContaining({ kind: 'unauthorized', headers: { 'www-authenticate': 'Bearer' } }),
  );
});
