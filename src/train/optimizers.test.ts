import { describe, expect, it } from 'vitest';
import { goldenTensors } from '../../test/support/golden-train.ts';
import { largestDifference } from '../../test/support/largest-difference.ts';
import { scheduleSchema } from '../config/training.ts';
import { adamW } from './adamw.ts';
import { updateAverage } from './ema.ts';
import { accumulateGradients, clippingScale, gradientNorm } from './gradients.ts';
import type { Optimizer, Parameter } from './optimizer.ts';
import { learningRateFactor } from './schedule.ts';
import { sgd } from './sgd.ts';

const golden = await goldenTensors('optimizers.safetensors');
const names = ['weight', 'bias'];
const decays: Record<string, number> = { weight: 0.01, bias: 0 };
const steps = 50;

interface Case {
  optimizer: () => Optimizer;
  learningRate: number;
  clip?: number;
}

const cases: Record<string, Case> = {
  sgd: { optimizer: () => sgd({ momentum: 0 }), learningRate: 0.05 },
  momentum: { optimizer: () => sgd({ momentum: 0.9 }), learningRate: 0.05 },
  'momentum.clipped': { optimizer: () => sgd({ momentum: 0.9 }), learningRate: 0.05, clip: 3 },
  nesterov: { optimizer: () => sgd({ momentum: 0.9, nesterov: true }), learningRate: 0.05 },
  adamW: { optimizer: () => adamW({ betas: [0.9, 0.99] }), learningRate: 0.02 },
};

async function startParameters(): Promise<Parameter[]> {
  const parameter = async (name: string) => ({
    name,
    data: (await golden(`start.${name}`)).slice(),
    weightDecay: decays[name],
  });
  return Promise.all(names.map(parameter));
}

async function gradientsAt(step: number): Promise<Map<string, Float32Array>> {
  const gradients = new Map<string, Float32Array>();
  for (const name of names) {
    const series = await golden(`gradients.${name}`);
    const size = series.length / steps;
    gradients.set(name, series.slice(step * size, (step + 1) * size));
  }
  return gradients;
}

describe.each(Object.entries(cases))('%s over 50 steps', async (name, { optimizer, learningRate, clip }) => {
  const optimise = optimizer();
  const parameters = await startParameters();
  const average = new Map<string, Float32Array>();
  const norms: number[] = [];
  updateAverage(average, parameters, 0.9, 0);
  for (let step = 0; step < steps; step++) {
    const gradients = await gradientsAt(step);
    const norm = gradientNorm(gradients);
    norms.push(norm);
    optimise.step(parameters, gradients, { learningRate, gradientScale: clippingScale(norm, clip ?? null) });
    updateAverage(average, parameters, 0.9, step + 1);
  }

  it.each(names)('leaves %s where torch leaves it', async (parameter) => {
    const { data } = parameters.find((each) => each.name === parameter) as Parameter;
    expect(largestDifference(data, await golden(`${name}.${parameter}`))).toBeLessThan(3e-6);
  });

  it.each(names)('averages %s as torch does', async (parameter) => {
    const mean = average.get(parameter) as Float32Array;
    expect(largestDifference(mean, await golden(`${name}.average.${parameter}`))).toBeLessThan(3e-6);
  });

  it.runIf(clip !== undefined)('measures the norms that torch measures', async () => {
    expect(largestDifference(Float32Array.from(norms), await golden(`${name}.norms`))).toBeLessThan(2e-6);
  });

  it('continues from a restored state as if it had not stopped', async () => {
    const copy = (state: Map<string, Float32Array>) =>
      new Map([...state].map(([key, buffer]) => [key, buffer.slice()]));
    const resumed = optimizer();
    resumed.restore(copy(optimise.state()));
    const twins = parameters.map((parameter) => ({ ...parameter, data: parameter.data.slice() }));
    const gradients = await gradientsAt(0);
    resumed.step(twins, gradients, { learningRate });
    const originals = parameters.map((parameter) => ({ ...parameter, data: parameter.data.slice() }));
    optimise.step(originals, gradients, { learningRate });
    twins.forEach((twin, i) => {
      expect(twin.data).toEqual(originals[i].data);
    });
  });
});

describe('gradients', () => {
  it('of two runs add up', () => {
    const sum = new Map<string, Float32Array>();
    accumulateGradients(sum, new Map([['a', Float32Array.of(1, 2)]]));
    const second = new Map([['a', Float32Array.of(10, 20)]]);
    accumulateGradients(sum, second);
    expect([...(sum.get('a') as Float32Array)]).toEqual([11, 22]);
    expect([...(second.get('a') as Float32Array)]).toEqual([10, 20]);
  });

  it('shorter than the limit stay', () => {
    expect(clippingScale(5, 6)).toBe(1);
    expect(clippingScale(5, null)).toBe(1);
    expect(clippingScale(5, 2.5)).toBeCloseTo(0.5, 6);
  });

  it('have the norm of all their elements', () => {
    const gradients = new Map([
      ['a', Float32Array.of(1, -2, 3, -4, 5)],
      ['b', Float32Array.of(3)],
      ['none', new Float32Array(0)],
    ]);
    expect(gradientNorm(gradients)).toBe(8);
  });

  it('of another length than the parameter are refused by name', async () => {
    const parameters = await startParameters();
    const wrong = new Map([['weight', new Float32Array(2)]]);
    expect(() => sgd({ momentum: 0 }).step(parameters, wrong, { learningRate: 1 })).toThrow(
      'weight has 2 values, expected 12',
    );
  });
});

describe('the learning rate', () => {
  const warmUp = { warmUpSteps: 10, warmUpFactor: 0.001 };

  it.each([
    scheduleSchema.parse({ kind: 'multiStep', milestones: [0.5, 0.8], ...warmUp }),
    scheduleSchema.parse({ kind: 'cosine', finalFactor: 0.05, ...warmUp }),
  ])('follows torch: $kind', async (config) => {
    const theirs = await golden(`schedule.${config.kind}`);
    const ours = theirs.map((_, step) => learningRateFactor(config, step, 60));
    expect(largestDifference(ours, theirs)).toBeLessThan(2e-7);
  });

  it('does not spend more than half of a short run on warming up', () => {
    const config = scheduleSchema.parse({ kind: 'constant', warmUpSteps: 1000 });
    expect(learningRateFactor(config, 5, 10)).toBe(1);
    expect(learningRateFactor(config, 0, 1)).toBe(1);
  });
});
