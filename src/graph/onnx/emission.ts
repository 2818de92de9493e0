import type { Value } from '../graph.ts';
import {
  type Attribute,
  dataTypes,
  defaultOpset,
  type OnnxNode,
  type OnnxTensor,
  type Opset,
} from './protobuf.ts';

type Attributes = Readonly<Record<string, Attribute>>;

/** Writes ONNX nodes. Tensors are named by strings. */
export interface NodeWriter {
  /**
   * Writes a node whose result has the given name.
   * @param type The operator; one that is not ONNX's own as `domain:operator`.
   */
  node(type: string, inputs: readonly string[], output: string, attributes?: Attributes): void;
  /** Writes a node; returns the name of its result, or of the result at `position` among several. */
  value(type: string, inputs: readonly string[], attributes?: Attributes, position?: number): string;
  /** Writes a node with several results; returns their names. */
  values(count: number, type: string, inputs: readonly string[], attributes?: Attributes): string[];
  /** An unused name, for the inputs of a loop's body. */
  unused(kind: string): string;
  /** Adds a constant tensor; returns its name. */
  constant(tensor: OnnxTensor): string;
  /** A list of integers, `[n]` int64. */
  integers(...values: number[]): string;
  /** A float32 scalar. */
  number(value: number): string;
  /** Collects the nodes that `write` emits in a separate list, for the body of a loop. */
  collect<Result>(write: () => Result): { nodes: readonly OnnxNode[]; result: Result };
}

/** The means by which a rule writes its operation as ONNX nodes. */
export interface Emission extends NodeWriter {
  readonly inputs: readonly string[];
  /** The same inputs with their shapes. */
  readonly operands: readonly Value[];
  readonly output: string;
  /** See `EmitOptions`. */
  readonly lacks: readonly string[];
  /** See `EmitOptions`. */
  readonly channelBlock: number | undefined;
  /** Whether a tensor is a weight whose value is part of the model. */
  isConstant(name: string): boolean;
}

/** A tensor's values as float32. */
export function asFloat(value: NodeWriter['value'], tensor: string): string {
  return value('Cast', [tensor], { to: dataTypes.float32 });
}

/** A tensor's values as int64. */
export function asInt64(value: NodeWriter['value'], tensor: string): string {
  return value('Cast', [tensor], { to: dataTypes.int64 });
}

/** State shared by all that is written into one model: its nodes, constants and used names. */
export class ModelWriter {
  readonly initializers = new Map<string, OnnxTensor>();
  readonly write: NodeWriter;
  #nodes: OnnxNode[] = [];
  #count = 0;

  constructor(opset: Opset = defaultOpset) {
    const add = (
      type: string,
      inputs: readonly string[],
      outputs: readonly string[],
      { axes, ...attributes }: Attributes,
    ) => {
      if (axes === undefined) this.#nodes.push({ type, inputs, outputs, attributes });
      // Opset 18 turned the axes of the reductions into an input.
      else if (opset < 18) this.#nodes.push({ type, inputs, outputs, attributes: { axes, ...attributes } });
      else {
        const list = this.write.integers(...(axes as readonly number[]));
        this.#nodes.push({ type, inputs: [...inputs, list], outputs, attributes });
      }
    };
    const values: NodeWriter['values'] = (count, type, inputs, attributes = {}) => {
      const outputs = Array.from({ length: count }, () => this.#name(type));
      add(type, inputs, outputs, attributes);
      return outputs;
    };
    const constant = (tensor: OnnxTensor) => {
      const name = this.#name('constant');
      this.initializers.set(name, tensor);
      return name;
    };
    this.write = {
      node: (type, inputs, output, attributes = {}) => add(type, inputs, [output], attributes),
      value: (type, inputs, attributes, position = 0) =>
        values(position + 1, type, inputs, attributes)[position],
      values,
      unused: (kind) => this.#name(kind),
      constant,
      integers: (...values) => {
        const data = BigInt64Array.from(values, BigInt);
        return constant({ dtype: 'int64', shape: [data.length], data });
      },
      number: (value) => constant({ dtype: 'float32', shape: [], data: Float32Array.of(value) }),
      collect: (write) => {
        const outer = this.#nodes;
        const nodes: OnnxNode[] = [];
        this.#nodes = nodes;
        try {
          return { nodes, result: write() };
        } finally {
          this.#nodes = outer;
        }
      },
    };
  }

  get nodes(): readonly OnnxNode[] {
    return this.#nodes;
  }

  /** Slashes keep these names distinct from those of graphs. */
  #name(kind: string): string {
    return `/${kind}_${this.#count++}`;
  }
}
