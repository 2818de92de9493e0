import type { DType } from '../core/tensor.ts';
import type { Shape } from './dim.ts';
import type { OperationName, OperationParameters } from './operations.ts';

/** One tensor in a graph. Identity is the object; the name is unique within its graph. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** One operation applied: inputs come before it in the graph's order. */
export interface Node<Op extends OperationName = OperationName> {
  readonly op: Op;
  readonly inputs: readonly Value[];
  readonly parameters: OperationParameters[Op];
  readonly output: Value;
}

/** A function from inputs and weights to outputs, in an order in which it can be evaluated. */
export interface Graph {
  readonly name: string;
  /** Fed at every run. */
  readonly inputs: readonly Value[];
  /** Weights, named as in torchvision's state_dict. */
  readonly weights: readonly Value[];
  readonly nodes: readonly Node[];
  /** Output name → the value that it shows. */
  readonly outputs: ReadonlyMap<string, Value>;
}
