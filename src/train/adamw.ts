import { f32x4 } from '../core/wasm.ts';
import { elementKernel } from './element-kernel.ts';
import { bufferShapes, gradientOf, type Optimizer, type OptimizerState, stateBuffer } from './optimizer.ts';

export interface AdamWOptions {
  /** Decay rates of the moving averages of the gradient and its square. */
  betas: readonly [number, number];
}

/** Keeps the quotient finite. */
const eps = 1e-8;

/** The state's key for the number of steps taken. */
const stepsKey = 'adamW/steps';

/** AdamW (Loshchilov and Hutter 2019), step for step as `torch.optim.AdamW`. */
export function adamW({ betas }: AdamWOptions): Optimizer {
  let state: OptimizerState = new Map([[stepsKey, new Float32Array(1)]]);
  const update = updateKernel();
  return {
    step(parameters, gradients, { learningRate, gradientScale = 1 }) {
      const steps = state.get(stepsKey) as Float32Array;
      steps[0]++;
      // Bias correction: the averages start at 0.
      const [correction, squareCorrection] = betas.map((beta) => 1 - beta ** steps[0]);
      for (const parameter of parameters) {
        const gradient = gradientOf(parameter, gradients);
        if (!gradient) continue;
        const { data, weightDecay } = parameter;
        const mean = stateBuffer(state, 'mean', parameter);
        const square = stateBuffer(state, 'square', parameter);
        update(
          [data, gradient, mean, square],
          [
            gradientScale,
            betas[0],
            1 - betas[0],
            betas[1],
            1 - betas[1],
            learningRate * weightDecay,
            learningRate / correction,
            1 / Math.sqrt(squareCorrection),
            eps,
          ],
        );
      }
    },
    state: () => state,
    buffers: (parameters) =>
      new Map([[stepsKey, [1]], ...bufferShapes('mean', parameters), ...bufferShapes('square', parameters)]),
    restore: (restored) => {
      state = restored;
    },
  };
}

/** Arrays: weight, gradient, average, average of squares. Numbers: those of `step` above, in that order. */
function updateKernel() {
  const { add, sub, mul, div, sqrt } = f32x4;
  return elementKernel({
    arrays: 4,
    numbers: 9,
    temporaries: 3,
    formula: ({ element, number, temporary }) => {
      const [weight, gradient, mean, square] = [0, 1, 2, 3].map(element);
      const [scale, keepMean, addMean, keepSquare, addSquare, decay, stepSize, squareScale, eps] = Array.from(
        { length: 9 },
        (_, n) => number(n),
      );
      const [slope, average, power] = [0, 1, 2].map(temporary);
      const deviation = add(mul(sqrt(power), squareScale), eps);
      return [
        { temporary: 0, value: mul(gradient, scale) },
        { temporary: 1, value: add(mul(keepMean, mean), mul(addMean, slope)) },
        { temporary: 2, value: add(mul(keepSquare, square), mul(addSquare, mul(slope, slope))) },
        { array: 2, value: average },
        { array: 3, value: power },
        {
          array: 0,
          value: sub(sub(weight, mul(decay, weight)), div(mul(stepSize, average), deviation)),
        },
      ];
    },
  });
}
