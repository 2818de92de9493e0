import { type Float32Tensor, float32Tensor, sizeOf } from '../core/tensor.ts';
import type { Graph, Node, Value } from './graph.ts';
import type { Weights } from './onnx/emit.ts';
import { pruneGraph } from './prune.ts';
import { known } from './shape-checks.ts';

/** A node that only moves or repeats elements. */
type Arrangement = Node<'reshape'> | Node<'transpose'> | Node<'expand'>;

/**
 * Reshapes, transposes and repeats weights once, when a graph is compiled. A layer whose kernels are a weight in another
 * arrangement then reads a weight like any other layer, and can be quantised. The weight keeps its name; one that is used in
 * several arrangements stays as it is.
 * @param weights All weights of the graph; they are not changed.
 */
export function foldWeights(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  const origins = new Map(graph.weights.map((weight) => [weight, weight]));
  const arrangements = new Map<Value, Arrangement>();
  for (const node of graph.nodes) {
    const origin = origins.get(node.inputs[0]);
    if (!origin || !isArrangement(node)) continue;
    origins.set(node.output, origin);
    arrangements.set(node.output, node);
  }

  const shown = new Set(graph.outputs.values());
  const others = graph.nodes.filter(({ output }) => !arrangements.has(output));
  const read = new Set([...others.flatMap(({ inputs }) => inputs), ...shown]);
  const uses = new Map<Value, Value[]>();
  for (const [value, origin] of origins)
    if (read.has(value)) uses.set(origin, [...(uses.get(origin) ?? []), value]);

  const tensors = new Map(weights);
  /** An arranged value, and the weight that it is made from, as the new weight. */
  const folded = new Map<Value, Value>();
  for (const [origin, [used, ...further]] of uses) {
    if (used === origin || further.length > 0 || shown.has(used)) continue;
    const weight = { ...used, name: origin.name };
    for (const old of [origin, used]) folded.set(old, weight);
    tensors.set(origin.name, tensorOf(used));
  }
  const now = (value: Value) => folded.get(value) ?? value;
  const nodes = graph.nodes.map((node): Node => ({ ...node, inputs: node.inputs.map(now) }));
  return { graph: pruneGraph({ ...graph, weights: graph.weights.map(now), nodes }), weights: tensors };

  function tensorOf(value: Value): Float32Tensor {
    const node = arrangements.get(value);
    return node ? arranged(node, tensorOf(node.inputs[0])) : (weights.get(value.name) as Float32Tensor);
  }
}

function isArrangement(node: Node): node is Arrangement {
  return node.inputs.length === 1 && ['reshape', 'transpose', 'expand'].includes(node.op);
}

function arranged(node: Arrangement, { shape, data }: Float32Tensor): Float32Tensor {
  const extents = node.output.shape.map(known);
  if (node.op === 'reshape') return float32Tensor(extents, data);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const { order } = node.parameters as Node<'transpose'>['parameters'];
  const moved =
    node.op === 'transpose'
      ? order.map((axis) => strides[axis])
      : strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  return float32Tensor(extents, elementsAt(data, extents, moved));
}

/** The elements of a tensor of these extents whose neighbours along each axis are `strides` apart in `data`. */
function elementsAt(
  data: Float32Array,
  extents: readonly number[],
  strides: readonly number[],
): Float32Array {
  let positions = Uint32Array.of(0);
  extents.forEach((extent, axis) => {
    const next = new Uint32Array(positions.length * extent);
    positions.forEach((start, i) => {
      for (let step = 0; step < extent; step++) next[i * extent + step] = start + step * strides[axis];
    });
    positions = next;
  });
  const elements = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i++) elements[i] = data[positions[i]];
  return elements;
}
