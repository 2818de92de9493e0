import type { DType } from '../core/tensor.ts';
import type { Shape } from './dim.ts';
import type { OperationName, OperationParameters } from './operations.ts';

/** One tensor in a graph, identified by the object; its name is unique within the graph. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** One applied operation; its inputs precede it in the graph's order. */
export interface Node<Op extends OperationName = OperationName> {
  readonly op: Op;
  readonly inputs: readonly Value[];
  readonly parameters: OperationParameters[Op];
  readonly output: Value;
}

/**
 * A function from inputs and weights to outputs; its nodes are in an order in which they can be evaluated.
 */
export interface Graph {
  readonly name: string;
  /** Fed at each run. */
  readonly inputs: readonly Value[];
  /** Weights, named as in torchvision's state_dict. */
  readonly weights: readonly Value[];
  readonly nodes: readonly Node[];
  /** Output name → its value. */
  readonly outputs: ReadonlyMap<string, Value>;
}
