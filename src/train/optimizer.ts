/** A trained tensor. `data` is updated in place. */
export interface Parameter {
  /** state_dict name. */
  readonly name: string;
  readonly data: Float32Array;
  /** Strength of the decay towards 0; see `weightDecayFor`. */
  readonly weightDecay: number;
}

/** Parameter name → gradient, of the length of the parameter's data. */
export type Gradients = ReadonlyMap<string, Float32Array>;

/** Optimiser state by parameter name and kind (`momentum/conv1.weight`), for checkpoints. */
export type OptimizerState = Map<string, Float32Array>;

export interface StepRates {
  /** The learning rate of this step, after the schedule. */
  readonly learningRate: number;
  /** Factor applied to every gradient, which saves a pass over them. Default 1. */
  readonly gradientScale?: number;
}

/** Updates weights from gradients. */
export interface Optimizer {
  /** Updates the parameters in place. Those without a gradient are not changed. */
  step(parameters: readonly Parameter[], gradients: Gradients, rates: StepRates): void;
  /** The state itself, not a copy. */
  state(): OptimizerState;
  /** Key → shape of the buffers that it has after a step. */
  buffers(parameters: readonly Parameter[]): ReadonlyMap<string, readonly number[]>;
  /** Takes over the state of another optimiser of the same kind. */
  restore(state: OptimizerState): void;
}

/** @throws RangeError if the gradient's length differs from the parameter's. */
export function gradientOf({ name, data }: Parameter, gradients: Gradients): Float32Array | undefined {
  const gradient = gradients.get(name);
  if (gradient && gradient.length !== data.length) {
    throw new RangeError(`the gradient of ${name} has ${gradient.length} values, expected ${data.length}`);
  }
  return gradient;
}

/** Key → shape of one buffer of a kind for each parameter. */
export function bufferShapes(kind: string, parameters: readonly Parameter[]): [string, readonly number[]][] {
  return parameters.map(({ name, data }) => [keyOf(kind, name), [data.length]]);
}

function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** A parameter's buffer in an optimiser's state, created with zeros if absent. */
export function stateBuffer(state: OptimizerState, kind: string, { name, data }: Parameter): Float32Array {
  const key = keyOf(kind, name);
  let buffer = state.get(key);
  if (!buffer) {
    buffer = new Float32Array(data.length);
    state.set(key, buffer);
  }
  return buffer;
}
