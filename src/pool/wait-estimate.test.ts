import { expect, test } from 'vitest';
import { WaitEstimate } from './wait-estimate.ts';

test('the wait is that of all waiting jobs, from a second to a minute', () => {
  const estimate = new WaitEstimate();
  expect(estimate.busy(6, 2)).toMatchObject({
    kind: 'busy',
    message: 'the queue is full (6 waiting); try again later',
    retryAfter: 3,
  });
  expect(estimate.busy(0, 2).retryAfter).toBe(1);
  expect(estimate.busy(5, 0).retryAfter).toBe(5);
  expect(estimate.busy(1000, 1).retryAfter).toBe(60);
});

test('each answered job moves the estimate by an eighth', () => {
  const estimate = new WaitEstimate();
  estimate.add(9000);
  expect(estimate.busy(8, 1).retryAfter).toBe(16);
});
