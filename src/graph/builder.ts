import type { DType } from '../core/tensor.ts';
import type { Shape } from './dim.ts';
import type { Graph, Node, Value } from './graph.ts';
import type { OperationName, OperationParameters, ReshapeExtent, RoiAlignParameters } from './operations.ts';
import { GraphError, known } from './shape-checks.ts';
import { shapeRules } from './shape-rules.ts';

/** Builds a graph operation by operation, checking shapes as it grows. */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: Value[] = [];
  readonly #weights = new Map<string, Value>();
  readonly #nodes: Node[] = [];
  readonly #names = new Set<string>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Extends a graph, whose values keep their identity; the graph itself is not changed. */
  static from(graph: Graph, name = graph.name): GraphBuilder {
    const builder = new GraphBuilder(name);
    for (const input of graph.inputs) {
      builder.#claim(input.name);
      builder.#inputs.push(input);
    }
    for (const weight of graph.weights) builder.#weights.set(builder.#claim(weight.name), weight);
    for (const node of graph.nodes) {
      builder.#claim(node.output.name);
      builder.#nodes.push(node);
    }
    return builder;
  }

  /** A tensor fed at each run. */
  input(name: string, shape: Shape, dtype: DType = 'float32'): Value {
    const value = { name: this.#claim(name), shape, dtype };
    this.#inputs.push(value);
    return value;
  }

  /** A weight by its state_dict name. The same name returns the same value, so that heads share weights. */
  weight(name: string, shape: readonly number[], dtype: DType = 'float32'): Value {
    const known = this.#weights.get(name);
    if (known) return known;
    const value: Value = { name: this.#claim(name), shape, dtype };
    this.#weights.set(name, value);
    return value;
  }

  /** Applies any operation; the named methods below are shorthands. */
  apply<Op extends OperationName>(
    op: Op,
    inputs: readonly Value[],
    parameters: OperationParameters[Op],
  ): Value {
    const { shape, dtype } = shapeRules[op](inputs, parameters);
    const output = { name: this.#claim(this.#freshName(op)), shape, dtype };
    this.#nodes.push({ op, inputs, parameters, output } as Node);
    return output;
  }

  /** Finishes the graph. */
  build(outputs: Readonly<Record<string, Value>>): Graph {
    return {
      name: this.#name,
      inputs: this.#inputs,
      weights: [...this.#weights.values()],
      nodes: this.#nodes,
      outputs: new Map(Object.entries(outputs)),
    };
  }

  conv(
    x: Value,
    weight: Value,
    bias: Value | null,
    options: Partial<OperationParameters['conv']> = {},
  ): Value {
    const inputs = bias ? [x, weight, bias] : [x, weight];
    return this.apply('conv', inputs, { stride: 1, padding: 0, groups: 1, ...options });
  }

  linear(x: Value, weight: Value, bias: Value): Value {
    return this.apply('linear', [x, weight, bias], {});
  }

  matmul(a: Value, b: Value, transposed: OperationParameters['matmul'] = {}): Value {
    return this.apply('matmul', [a, b], transposed);
  }

  relu(x: Value): Value {
    return this.apply('relu', [x], {});
  }

  sigmoid(x: Value): Value {
    return this.apply('sigmoid', [x], {});
  }

  clamp(x: Value, min: number, max: number): Value {
    return this.apply('clamp', [x], { min, max });
  }

  softmax(x: Value, axis: number): Value {
    return this.apply('softmax', [x], { axis });
  }

  add(a: Value, b: Value): Value {
    return this.apply('add', [a, b], {});
  }

  sub(a: Value, b: Value): Value {
    return this.apply('sub', [a, b], {});
  }

  mul(a: Value, b: Value): Value {
    return this.apply('mul', [a, b], {});
  }

  /** `scale · x + offset` */
  affine(x: Value, scale: number, offset = 0): Value {
    return this.apply('affine', [x], { scale, offset });
  }

  power(x: Value, exponent: number): Value {
    return this.apply('power', [x], { exponent });
  }

  reduceSum(x: Value, axes: readonly number[]): Value {
    return this.apply('reduceSum', [x], { axes });
  }

  maxPool(x: Value, window: OperationParameters['maxPool']): Value {
    return this.apply('maxPool', [x], window);
  }

  upsampleNearest(x: Value, factor: number): Value {
    return this.apply('upsampleNearest', [x], { factor });
  }

  upsampleBilinear(x: Value, factor: number): Value {
    return this.apply('upsampleBilinear', [x], { factor });
  }

  roiAlign(features: Value, boxes: Value, batchIndex: Value, parameters: RoiAlignParameters): Value {
    return this.apply('roiAlign', [features, boxes, batchIndex], parameters);
  }

  /** The channels of `[N, C, H, W]` from `start` (inclusive) to `end` (exclusive). */
  channels(x: Value, start: number, end: number): Value {
    const after = end - known(x.shape[1]);
    return this.apply('pad', [x], { before: [0, 0 - start, 0, 0], after: [0, after, 0, 0] });
  }

  /** The rows of `[R, C]`, R known: each `[C]`. */
  rows(x: Value): Value[] {
    const [count, columns] = x.shape.map(known);
    return Array.from({ length: count }, (_, row) => {
      const after = row + 1 - count;
      const cropped = this.apply('pad', [x], { before: [0 - row, 0], after: [after, 0] });
      return this.reshape(cropped, [columns]);
    });
  }

  concat(inputs: readonly Value[], axis: number): Value {
    return inputs.length === 1 ? inputs[0] : this.apply('concat', inputs, { axis });
  }

  reshape(x: Value, shape: readonly ReshapeExtent[]): Value {
    return this.apply('reshape', [x], { shape });
  }

  transpose(x: Value, order: readonly number[]): Value {
    return this.apply('transpose', [x], { order });
  }

  gatherRows(data: Value, rows: Value): Value {
    return this.apply('gatherRows', [data, rows], {});
  }

  #freshName(op: OperationName): string {
    let index = this.#nodes.length;
    while (this.#names.has(`${op}_${index}`)) index++;
    return `${op}_${index}`;
  }

  #claim(name: string): string {
    if (this.#names.has(name)) throw new GraphError(`the name ${name} is taken in graph ${this.#name}`);
    this.#names.add(name);
    return name;
  }
}
