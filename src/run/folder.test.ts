import { expect, test } from 'vitest';
import { parseMetricsLines, parseRunPlan } from './folder.ts';

test('metrics lines that were cut off, have no step or hold something else are skipped', () => {
  const text =
    '{"step": 0, "a": 1, "note": "x"}\n\n{"step": 1, "a"\nnull\n[]\n{"a": 3}\n{"step": 2, "b": null}\n';
  expect(parseMetricsLines(text)).toEqual([{ step: 0, a: 1 }, { step: 2 }]);
  expect(parseMetricsLines('')).toEqual([]);
});

test('a plan has three numbers; what a later version may add is ignored', () => {
  const plan = { steps: 5, picturesPerStep: 2, pictures: 9 };
  expect(parseRunPlan(JSON.stringify({ ...plan, epochs: 3 }))).toEqual(plan);
  expect(['{"steps": "5"}', 'null', '', '{"steps": 5'].map(parseRunPlan)).toEqual([null, null, null, null]);
});
