import { gradientOf, type Optimizer, type OptimizerState, type Parameter, stateBuffer } from './optimizer.ts';

export interface SgdOptions {
  /** Share of the last step's direction that is kept; 0 for plain descent. */
  momentum: number;
  /** Looks ahead along the momentum (Sutskever et al. 2013). Default false. */
  nesterov?: boolean;
}

/** Stochastic gradient descent with momentum, step for step as `torch.optim.SGD`. */
export function sgd({ momentum, nesterov = false }: SgdOptions): Optimizer {
  let state: OptimizerState = new Map();
  return {
    step(parameters, gradients, learningRate) {
      for (const parameter of parameters) {
        const gradient = gradientOf(parameter, gradients);
        if (!gradient) continue;
        const { data, weightDecay } = parameter;
        if (momentum === 0) descend(data, gradient, { learningRate, weightDecay });
        else {
          // From a buffer of zeros the first step is the gradient itself, as torch has it.
          const velocity = stateBuffer(state, 'momentum', parameter);
          roll(parameter, gradient, velocity, { learningRate, momentum, nesterov });
        }
      }
    },
    state: () => state,
    restore: (restored) => {
      state = restored;
    },
  };
}

function descend(
  data: Float32Array,
  gradient: Float32Array,
  { learningRate, weightDecay }: { learningRate: number; weightDecay: number },
): void {
  for (let i = 0; i < data.length; i++) data[i] -= learningRate * (gradient[i] + weightDecay * data[i]);
}

function roll(
  { data, weightDecay }: Parameter,
  gradient: Float32Array,
  velocity: Float32Array,
  { learningRate, momentum, nesterov }: { learningRate: number; momentum: number; nesterov: boolean },
): void {
  const bySlope = nesterov ? learningRate : 0;
  const bySpeed = nesterov ? learningRate * momentum : learningRate;
  // A model has tens of millions of weights: one read of each array and no branch halve the time.
  for (let i = 0; i < data.length; i++) {
    const weight = data[i];
    const slope = gradient[i] + weightDecay * weight;
    const speed = momentum * velocity[i] + slope;
    velocity[i] = speed;
    data[i] = weight - bySlope * slope - bySpeed * speed;
  }
}
