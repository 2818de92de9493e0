import { expect, test } from 'vitest';
import { BodyBudget } from './body-budget.ts';

test('refuses requests beyond it, until some memory is released', () => {
  const budget = new BodyBudget(100);
  budget.take(60);
  budget.take(40);
  const refusal = expect.objectContaining({ kind: 'busy', headers: { 'retry-after': '1' } });
  expect(() => budget.take(1)).toThrow(refusal);
  budget.give(60);
  expect(() => budget.take(61)).toThrow(refusal);
  budget.take(60);
});
