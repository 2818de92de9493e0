import { gradientOf, type Optimizer, type OptimizerState, type Parameter, stateBuffer } from './optimizer.ts';

export interface AdamWOptions {
  /** Decay of the mean and of the mean square of the gradients. Default 0.9 and 0.999. */
  betas?: readonly [number, number];
  /** Keeps the quotient finite. Default 1e-8. */
  eps?: number;
}

/** Where the state keeps how many steps were taken. */
const stepsKey = 'adamW/steps';

/** AdamW (Loshchilov and Hutter 2019), step for step as `torch.optim.AdamW`. */
export function adamW({ betas = [0.9, 0.999], eps = 1e-8 }: AdamWOptions = {}): Optimizer {
  let state: OptimizerState = new Map([[stepsKey, new Float32Array(1)]]);
  return {
    step(parameters, gradients, learningRate) {
      const steps = state.get(stepsKey) as Float32Array;
      steps[0]++;
      const corrections = betas.map((beta) => 1 - beta ** steps[0]) as [number, number];
      for (const parameter of parameters) {
        const gradient = gradientOf(parameter, gradients);
        if (!gradient) continue;
        const moments = {
          mean: stateBuffer(state, 'mean', parameter),
          square: stateBuffer(state, 'square', parameter),
        };
        update(parameter, gradient, moments, { learningRate, betas, eps, corrections });
      }
    },
    state: () => state,
    restore: (restored) => {
      state = restored;
    },
  };
}

interface Rates {
  learningRate: number;
  betas: readonly [number, number];
  eps: number;
  /** The means start at 0; these quotients make up for it. */
  corrections: readonly [number, number];
}

function update(
  { data, weightDecay }: Parameter,
  gradient: Float32Array,
  { mean, square }: { mean: Float32Array; square: Float32Array },
  { learningRate, betas: [beta1, beta2], eps, corrections }: Rates,
): void {
  const stepSize = learningRate / corrections[0];
  const squareScale = 1 / Math.sqrt(corrections[1]);
  const keep = 1 - learningRate * weightDecay;
  for (let i = 0; i < data.length; i++) {
    const slope = gradient[i];
    const average = beta1 * mean[i] + (1 - beta1) * slope;
    const power = beta2 * square[i] + (1 - beta2) * slope * slope;
    mean[i] = average;
    square[i] = power;
    data[i] = data[i] * keep - (stepSize * average) / (Math.sqrt(power) * squareScale + eps);
  }
}
