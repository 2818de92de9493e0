import { type DType, float32Tensor } from '../core/tensor.ts';
import type { Value } from '../graph/graph.ts';
import type { NodeWriter } from '../graph/onnx/emission.ts';
import { dataTypes, type OnnxTensor } from '../graph/onnx/protobuf.ts';

/** The name of a tensor, or a float32 scalar. */
export type Operand = string | number;

/** A state of a loop, from one pass to the next. */
export interface LoopState {
  readonly initial: string;
  readonly dtype: DType;
  readonly shape: Value['shape'];
}

/**
 * ONNX's operators as functions from tensors to tensors, which are named by strings. Arithmetic follows numpy's
 * broadcasting; plain numbers are float32.
 */
export class Operators {
  readonly write: NodeWriter;

  constructor(write: NodeWriter) {
    this.write = write;
  }

  // Constants

  float(...values: number[]): string {
    return this.write.constant(float32Tensor([values.length], Float32Array.from(values)));
  }

  int(...values: number[]): string {
    return this.write.integers(...values);
  }

  /** A float64 scalar. */
  double(value: number): string {
    return this.write.constant({ dtype: 'float64', shape: [], data: Float64Array.of(value) });
  }

  /** An int64 scalar. */
  index(value: number): string {
    return this.write.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) });
  }

  // Element by element

  add(a: Operand, b: Operand): string {
    return this.#binary('Add', a, b);
  }

  sub(a: Operand, b: Operand): string {
    return this.#binary('Sub', a, b);
  }

  mul(a: Operand, b: Operand): string {
    return this.#binary('Mul', a, b);
  }

  /** Integers are divided as in C. */
  div(a: Operand, b: Operand): string {
    return this.#binary('Div', a, b);
  }

  min(a: Operand, b: Operand): string {
    return this.#binary('Min', a, b);
  }

  max(a: Operand, b: Operand): string {
    return this.#binary('Max', a, b);
  }

  less(a: Operand, b: Operand): string {
    return this.#binary('Less', a, b);
  }

  greater(a: Operand, b: Operand): string {
    return this.#binary('Greater', a, b);
  }

  atLeast(a: Operand, b: Operand): string {
    return this.#binary('GreaterOrEqual', a, b);
  }

  equal(a: string, b: string): string {
    return this.#binary('Equal', a, b);
  }

  and(a: string, b: string): string {
    return this.#binary('And', a, b);
  }

  where(condition: string, a: Operand, b: Operand): string {
    return this.apply('Where', condition, a, b);
  }

  /** An operator without attributes. */
  apply(type: string, ...inputs: readonly Operand[]): string {
    return this.write.value(type, inputs.map(this.#name));
  }

  cast(x: string, dtype: OnnxTensor['dtype']): string {
    return this.write.value('Cast', [x], { to: dataTypes[dtype] });
  }

  // Shapes

  /** One extent, `[1]` int64. */
  extent(x: string, axis: number): string {
    return this.write.value('Shape', [x], { start: axis, end: axis + 1 });
  }

  /** @param shape Extents, or the name of a list of them; −1 is whatever the others leave. */
  reshape(x: string, shape: string | readonly number[]): string {
    return this.apply('Reshape', x, typeof shape === 'string' ? shape : this.int(...shape));
  }

  /** Without the axes of extent 1. */
  squeeze(x: string): string {
    return this.apply('Squeeze', x);
  }

  transpose(x: string, ...perm: number[]): string {
    return this.write.value('Transpose', [x], { perm });
  }

  unsqueeze(x: string, ...axes: number[]): string {
    return this.apply('Unsqueeze', x, this.int(...axes));
  }

  concat(inputs: readonly string[], axis = 0): string {
    return inputs.length === 1 ? inputs[0] : this.write.value('Concat', inputs, { axis });
  }

  // Selection

  /** The elements from `from` to before `to` along an axis. */
  slice(x: string, axis: number, from: number, to: number | string): string {
    return this.apply('Slice', x, this.int(from), typeof to === 'string' ? to : this.int(to), this.int(axis));
  }

  gather(x: string, indices: string, axis = 0): string {
    return this.write.value('Gather', [x, indices], { axis });
  }

  /** 0 … count − 1, int64. @param count `[1]` */
  range(count: string): string {
    return this.apply('Range', this.index(0), this.squeeze(count), this.index(1));
  }

  /** Positions at which a list of booleans is true, `[n]` int64, ascending. */
  positions(mask: string): string {
    return this.reshape(this.apply('NonZero', mask), [-1]);
  }

  /**
   * The greatest `limit` elements of a list, or all if there are fewer; ties in the order of the list. ONNX demands that of
   * `TopK`, but OpenVINO's does not keep to it, so equal elements are sorted by their indices.
   */
  greatest(x: string, limit: number | null): { values: string; indices: string } {
    const all = this.extent(x, 0);
    const count = limit === null ? all : this.min(all, this.int(limit));
    const [values, indices] = this.write.values(2, 'TopK', [x, count], { axis: 0 });
    const before = this.gather(values, this.max(this.sub(this.range(count), this.index(1)), this.index(0)));
    const isLess = this.cast(this.less(values, before), 'int64');
    const group = this.write.value('CumSum', [isLess, this.index(0)]);
    const key = this.add(this.mul(group, all), indices);
    const order = this.write.value('TopK', [key, count], { axis: 0, largest: 0 }, 1);
    return { values, indices: this.gather(indices, order) };
  }

  sum(x: string, axes: readonly number[], keepdims = 0): string {
    return this.write.value('ReduceSum', [x, this.int(...axes)], { keepdims });
  }

  /**
   * Repeats `body` once for each of 0 … trips − 1.
   * @param trips An int64 scalar.
   * @param body Takes the pass, an int64 scalar, and the states; returns the next states, then what each pass adds to the
   * results.
   * @returns The last states, and the results of all passes, stacked.
   */
  loop(
    trips: string,
    states: readonly LoopState[],
    results: readonly Pick<LoopState, 'dtype' | 'shape'>[],
    body: (
      pass: string,
      states: readonly string[],
    ) => { states: readonly string[]; results: readonly string[] },
  ): { states: string[]; results: string[] } {
    const { unused, collect } = this.write;
    const [pass, condition] = [unused('pass'), unused('condition')];
    const inner = states.map(() => unused('state'));
    const { nodes, result } = collect(() => {
      const next = body(pass, inner);
      // Copies, since an output of a body must be made by one of its own nodes.
      const copy = (name: string) => this.apply('Identity', name);
      return { again: copy(condition), states: next.states.map(copy), results: next.results.map(copy) };
    });
    const named = (names: readonly string[], types: readonly Pick<LoopState, 'dtype' | 'shape'>[]): Value[] =>
      names.map((name, i) => ({ name, dtype: types[i].dtype, shape: types[i].shape }));
    const subgraph = {
      name: 'body',
      inputs: [
        { name: pass, dtype: 'int64', shape: [] } as const,
        { name: condition, dtype: 'bool', shape: [] } as const,
        ...named(inner, states),
      ],
      outputs: [
        { name: result.again, dtype: 'bool', shape: [] } as const,
        ...named(result.states, states),
        ...named(result.results, results),
      ],
      nodes,
    };
    const always = this.write.constant({ dtype: 'bool', shape: [], data: Uint8Array.of(1) });
    const inputs = [trips, always, ...states.map(({ initial }) => initial)];
    const outputs = this.write.values(states.length + results.length, 'Loop', inputs, { body: { subgraph } });
    return { states: outputs.slice(0, states.length), results: outputs.slice(states.length) };
  }

  readonly #name = (operand: Operand): string =>
    typeof operand === 'number' ? this.write.number(operand) : operand;

  #binary(type: string, a: Operand, b: Operand): string {
    return this.write.value(type, [this.#name(a), this.#name(b)]);
  }
}
