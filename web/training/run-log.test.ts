import { describe, expect, it } from 'vitest';
import { axisText, extentOf, nearest, ticksOf } from './chart-scale.ts';
import { addLines, smooth, summarise } from './run-log.ts';

const none = new Map();

describe('the curves of a run', () => {
  it('grow line by line, validations of the same step included, and count steps from 1', () => {
    const first = addLines(none, [
      { step: 0, 'loss/total': 2, learningRate: 0.1 },
      { step: 1, 'loss/total': 1 },
    ]);
    const both = addLines(first, [
      { step: 2, 'validation/mask AP': 0.25 },
      { step: 2, 'loss/total': 0.5 },
    ]);
    expect(both.get('loss/total')).toEqual([
      { step: 1, value: 2 },
      { step: 2, value: 1 },
      { step: 3, value: 0.5 },
    ]);
    expect(both.get('validation/mask AP')).toEqual([{ step: 3, value: 0.25 }]);
    expect(first.get('loss/total')).toHaveLength(2);
  });

  it('forget steps that a resume repeats', () => {
    const lines = [0, 1, 2, 3].map((step) => ({ step, loss: step }));
    expect(addLines(addLines(none, lines), [{ step: 2, loss: 9 }]).get('loss')).toEqual([
      { step: 1, value: 0 },
      { step: 2, value: 1 },
      { step: 3, value: 9 },
    ]);
  });

  it('say how long it will take', () => {
    const lines = Array.from({ length: 100 }, (_, step) => ({
      step,
      'loss/total': 1,
      learningRate: 0.01 * step,
      picturesPerSecond: step < 50 ? 100 : 4,
    }));
    const curves = addLines(none, [
      ...lines,
      { step: 59, 'validation/box AP': 0.1, 'validation/mask AP': 0.3, 'validation/mask AP50': 0.9 },
      { step: 99, 'validation/box AP': 0.4, 'validation/mask AP': 0.2, 'validation/mask AP50': 0.8 },
    ]);
    expect(summarise(curves, { steps: 300, picturesPerStep: 2, pictures: 10 })).toEqual({
      done: 100,
      picturesPerSecond: 4,
      learningRate: 0.99,
      loss: 1,
      best: { step: 60, value: 0.3 },
      measure: 'mask AP',
      isFinished: false,
      secondsLeft: 100,
    });
    expect(summarise(curves, { steps: 100, picturesPerStep: 2, pictures: 10 })).toMatchObject({
      isFinished: true,
      secondsLeft: 0,
    });
    expect(summarise(none, null)).toMatchObject({ done: 0, secondsLeft: null, best: null, measure: null });
    const semantic = addLines(none, [
      { step: 9, 'validation/pixel accuracy': 0.9, 'validation/mean IoU': 0.5 },
    ]);
    expect(summarise(semantic, null)).toMatchObject({ best: { step: 10, value: 0.5 }, measure: 'mean IoU' });
  });
});

describe('a chart', () => {
  const points = Array.from({ length: 5000 }, (_, step) => ({ step, value: step === 0 ? 1e6 : 1.7 }));

  it('is not flattened by a first step', () => {
    expect(extentOf([points])).toEqual({ steps: 4999, low: 0, high: 2 });
  });

  it('finds the point under the pointer', () => {
    const sparse = [0, 10, 20].map((step) => ({ step, value: step }));
    expect([-5, 4, 6, 14, 99].map((step) => nearest(sparse, step)?.step)).toEqual([0, 0, 10, 10, 20]);
    expect(nearest([], 3)).toBeNull();
  });

  it('has round numbers at its axes', () => {
    expect(ticksOf(3999)).toEqual([0, 1000, 2000, 3000]);
    expect(ticksOf(4)).toEqual([0, 1, 2, 3, 4]);
    expect([0, 0.000375, 0.25, 1.25, 2500].map(axisText)).toEqual(['0', '3.75e-4', '0.25', '1.25', '2500']);
  });

  it('smooths long and short runs by a centred moving mean, without a lag', () => {
    for (const length of [30, 3000]) {
      const noisy = Array.from({ length }, (_, step) => ({
        step,
        value: 10 * step + (step % 2 ? 100 : -100),
      }));
      const end = Math.ceil(length / 7);
      const inner = smooth(noisy).slice(end, -end);
      expect(inner.length).toBeGreaterThan(length / 2);
      for (const { step, value } of inner) expect(Math.abs(value - 10 * step)).toBeLessThan(12);
    }
    expect(smooth([])).toEqual([]);
  });
});
