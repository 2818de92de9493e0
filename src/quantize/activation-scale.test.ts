import { expect, test } from 'vitest';
import { activationScale } from './activation-scale.ts';

const evenly = (from: number, to: number) =>
  Float32Array.from({ length: 1000 }, (_, i) => from + ((to - from) * i) / 999);

test('even values get their whole range, with 0 at a step', () => {
  const scale = activationScale({ lowest: -1, highest: 4, values: [evenly(-1, 4)] });
  expect(scale.scale).toBeCloseTo(5 / 255, 5);
  expect(scale.zeroPoint).toBe(51);
});

test('rare large values are clipped if that gives the others finer steps', () => {
  const count = 200_000;
  const rare = Float32Array.from({ length: count }, (_, i) => -Math.log(1 - (i + 0.5) / count));
  const scale = activationScale({ lowest: 0, highest: rare[count - 1], values: [rare] });
  expect(scale.zeroPoint).toBe(0);
  expect(scale.scale * 255).toBeGreaterThan(6);
  expect(scale.scale * 255).toBeLessThan(0.95 * rare[count - 1]);
});

test('a tensor that is always 0 has steps', () => {
  expect(activationScale({ lowest: 0, highest: 0, values: [new Float32Array(5)] })).toEqual({
    scale: 1,
    zeroPoint: 0,
  });
});
