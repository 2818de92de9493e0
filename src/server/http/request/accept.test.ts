import { expect, test } from 'vitest';
import { chooseType } from './accept.ts';

const offers = ['application/json', 'image/png'] as const;

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['image/png', 'image/png'],
  ['IMAGE/PNG', 'image/png'],
  ['image/*', 'image/png'],
  ['application/json;q=0.5, image/png', 'image/png'],
  ['application/json;q=0.5, image/*;q=0.4', 'application/json'],
  ['image/png;q=0, */*;q=0.1', 'application/json'],
  ['*/*, application/json;q=0', 'image/png'],
  ['text/html, image/avif, image/png, */*;q=0.8', 'image/png'],
  ['text/html', null],
  ['image/png;q=0', null],
  ['image/png;q=high', null],
])('Accept: %s gets %s', (header, expected) => {
  expect(chooseType(header, offers)).toBe(expected);
});
