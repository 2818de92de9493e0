/** A trained tensor. `data` is updated in place. */
export interface Parameter {
  /** state_dict name. */
  readonly name: string;
  readonly data: Float32Array;
  /** How strongly the tensor is drawn to 0; see `weightDecayFor`. */
  readonly weightDecay: number;
}

/** Parameter name → gradient, of the length of the parameter's data. */
export type Gradients = ReadonlyMap<string, Float32Array>;

/** Optimiser state by parameter name and kind (`momentum/conv1.weight`), for checkpoints. */
export type OptimizerState = Map<string, Float32Array>;

export interface StepRates {
  /** Of this step, after the schedule. */
  readonly learningRate: number;
  /** Every gradient is multiplied by it, which spares a pass over them. Default 1. */
  readonly gradientScale?: number;
}

/** Turns gradients into new weights. */
export interface Optimizer {
  /** Updates the parameters in place. One without a gradient is left alone. */
  step(parameters: readonly Parameter[], gradients: Gradients, rates: StepRates): void;
  /** The state itself, not a copy. */
  state(): OptimizerState;
  /** Takes over a state that another optimiser of the kind had. */
  restore(state: OptimizerState): void;
}

/** @throws RangeError where the gradient has another length than the parameter. */
export function gradientOf({ name, data }: Parameter, gradients: Gradients): Float32Array | undefined {
  const gradient = gradients.get(name);
  if (gradient && gradient.length !== data.length) {
    throw new RangeError(`the gradient of ${name} has ${gradient.length} values, expected ${data.length}`);
  }
  return gradient;
}

/** The buffer of a parameter in an optimiser's state, made of zeros where there is none. */
export function stateBuffer(state: OptimizerState, kind: string, { name, data }: Parameter): Float32Array {
  const key = `${kind}/${name}`;
  let buffer = state.get(key);
  if (!buffer) {
    buffer = new Float32Array(data.length);
    state.set(key, buffer);
  }
  return buffer;
}
