import { f32x4 } from '../core/wasm.ts';
import { type ElementKernel, elementKernel } from './element-kernel.ts';
import { bufferShapes, gradientOf, type Optimizer, type OptimizerState, stateBuffer } from './optimizer.ts';

export interface SgdOptions {
  /** Fraction of the previous step's direction that is kept; 0 for plain gradient descent. */
  momentum: number;
  /** Nesterov momentum (Sutskever et al. 2013). Default false. */
  nesterov?: boolean;
}

/** Stochastic gradient descent with momentum, step for step as `torch.optim.SGD`. */
export function sgd({ momentum, nesterov = false }: SgdOptions): Optimizer {
  let state: OptimizerState = new Map();
  const [descend, roll] = [descent(), descentWithMomentum()];
  return {
    step(parameters, gradients, { learningRate, gradientScale = 1 }) {
      for (const parameter of parameters) {
        const gradient = gradientOf(parameter, gradients);
        if (!gradient) continue;
        const { data, weightDecay } = parameter;
        if (momentum === 0) descend([data, gradient], [gradientScale, weightDecay, learningRate]);
        else {
          // With a zero buffer the first step is the gradient itself, as in torch.
          const velocity = stateBuffer(state, 'momentum', parameter);
          const [bySlope, bySpeed] = nesterov ? [learningRate, learningRate * momentum] : [0, learningRate];
          roll([data, gradient, velocity], [gradientScale, weightDecay, momentum, bySlope, bySpeed]);
        }
      }
    },
    state: () => state,
    buffers: (parameters) => new Map(momentum === 0 ? [] : bufferShapes('momentum', parameters)),
    restore: (restored) => {
      state = restored;
    },
  };
}

const { add, sub, mul } = f32x4;

/** Arrays: weight, gradient. Numbers: scale of the gradient, weight decay, learning rate. */
function descent(): ElementKernel {
  return elementKernel({
    arrays: 2,
    numbers: 3,
    formula: ({ element, number }) => {
      const slope = add(mul(element(1), number(0)), mul(number(1), element(0)));
      return [{ array: 0, value: sub(element(0), mul(number(2), slope)) }];
    },
  });
}

/**
 * Arrays: weight, gradient, velocity. Numbers: as above, then momentum, step along the gradient, step along
 * the velocity.
 */
function descentWithMomentum(): ElementKernel {
  return elementKernel({
    arrays: 3,
    numbers: 5,
    temporaries: 2,
    formula: ({ element, number, temporary }) => {
      const [slope, speed] = [temporary(0), temporary(1)];
      return [
        { temporary: 0, value: add(mul(element(1), number(0)), mul(number(1), element(0))) },
        { temporary: 1, value: add(mul(number(2), element(2)), slope) },
        { array: 2, value: speed },
        { array: 0, value: sub(sub(element(0), mul(number(3), slope)), mul(number(4), speed)) },
      ];
    },
  });
}
