import { expect, test } from 'vitest';
import { networkReason } from './network-reason.ts';

const failed = (cause?: unknown) => new TypeError('fetch failed', cause === undefined ? {} : { cause });

test.each([
  [failed(new Error('connect ECONNREFUSED 127.0.0.1:9')), 'connect ECONNREFUSED 127.0.0.1:9'],
  [failed(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })), 'ECONNREFUSED'],
  [failed(new Error()), 'the connection broke'],
  [failed(), 'fetch failed'],
])('the cause of a failed fetch is its reason: %#', (error, reason) => {
  expect(networkReason(error)).toBe(reason);
});
