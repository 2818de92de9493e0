import { type DataOf, type DType, sizeOf, type Tensor } from '../core/tensor.ts';
import { extentsOf, solveShape } from './dim.ts';
import type { Graph } from './graph.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** The type and shape of an output. */
export type OutputShape<D extends DType = DType> = Omit<Tensor<D>, 'data'>;

/** What the outputs of a graph will be for these inputs; null where the inputs do not determine all shapes. */
export function outputShapes({ inputs, outputs }: Graph, values: Tensors): Map<string, OutputShape> | null {
  const symbols = new Map(inputs.flatMap(({ name, shape }) => [...solveShape(shape, values[name].shape)]));
  const shapes = new Map<string, OutputShape>();
  for (const [name, { dtype, shape }] of outputs) {
    const extents = extentsOf(shape, symbols);
    if (extents === null) return null;
    shapes.set(name, { dtype, shape: extents });
  }
  return shapes;
}

/** Memory for an output, filled with zeros. */
export function newOutput({ dtype, shape }: OutputShape): Tensor {
  return { dtype, shape, data: new arrays[dtype](sizeOf(shape)) } as Tensor;
}

const arrays: { [D in DType]: new (length: number) => DataOf[D] } = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
};

/** Memory for all outputs of a graph, run after run. */
export class OutputRoom {
  readonly #graph: Graph;
  readonly #kept: ReadonlySet<string>;
  /** The memory of outputs that are kept. */
  readonly #last = new Map<string, Tensor>();

  /** @param kept Outputs that nobody reads after the next run has begun: it takes their memory. Default: none. */
  constructor(graph: Graph, kept: readonly string[] = []) {
    this.#graph = graph;
    this.#kept = new Set(kept);
  }

  /** @returns Undefined where the inputs do not determine all shapes. */
  forRun(inputs: Tensors): Tensors | undefined {
    const shapes = outputShapes(this.#graph, inputs);
    return shapes
      ? Object.fromEntries([...shapes].map(([name, shape]) => [name, this.#room(name, shape)]))
      : undefined;
  }

  #room(name: string, output: OutputShape): Tensor {
    const last = this.#last.get(name);
    if (last?.shape.join() === output.shape.join()) return last as Tensor;
    const room = newOutput(output);
    if (this.#kept.has(name)) this.#last.set(name, room);
    return room;
  }
}
