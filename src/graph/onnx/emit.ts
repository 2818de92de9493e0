import type { Tensor } from '../../core/tensor.ts';
import type { Graph, Node, Value } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import { GraphError } from '../shape-checks.ts';
import { ModelWriter, type NodeWriter } from './emission.ts';
import { emissionRules } from './emission-rules.ts';
import { HalfPrecision, halfScalar } from './half-precision.ts';
import { encodeModel, type OnnxNode } from './protobuf.ts';

/** The weights of a graph by name. */
export type Weights = ReadonlyMap<string, Tensor>;

export interface EmitOptions {
  /** What the execution provider lacks (`Runtime.lacks`) and other operators replace where they can. Default: nothing. */
  readonly lacks?: readonly string[] | undefined;
  /**
   * Channels per block of the layout that ONNX Runtime has for this processor, which depthwise convolutions of weights
   * that are not constant then use. The model runs in no other program. Default: none.
   */
  readonly channelBlock?: number | undefined;
  /** Whether the runtime takes room for outputs: a first output that is no tensor is added (`Runtime.takesRoom`). */
  readonly takesRoom?: boolean | undefined;
  /** Whether the graph computes in half precision, except for what `HalfPrecision` names. Its weights must be within ±65504. */
  readonly half?: boolean | undefined;
}

/**
 * Writes a graph as the bytes of an ONNX model (opset 17).
 * @param weights Those present become constants, whose layout ONNX Runtime optimises; the others become
 * inputs of the model.
 * @throws GraphError if a weight's shape differs from the graph's, or an operation cannot be written in this
 * form.
 */
export function emitOnnx(graph: Graph, weights: Weights = new Map(), options: EmitOptions = {}): Uint8Array {
  const writer = new ModelWriter();
  const { initializers } = writer;
  for (const { name, tensor } of constantWeights(graph, weights)) initializers.set(name, tensor);

  // An output value goes by the output's name; one that is two outputs, or an input, is copied.
  const names = new Map<Value, string>();
  const copies: OnnxNode[] = [];
  for (const [name, value] of graph.outputs) {
    if (!names.has(value) && !graph.inputs.includes(value)) names.set(value, name);
    else copies.push({ type: 'Identity', inputs: [nameOf(value)], outputs: [name], attributes: {} });
  }
  // Another value may have the same name as an output: rewriting a graph renames its values.
  for (const { output } of graph.nodes) {
    if (graph.outputs.has(output.name) && !names.has(output)) names.set(output, `${output.name}/inner`);
  }
  function nameOf(value: Value): string {
    return names.get(value) ?? value.name;
  }
  emitNodes(writer.write, graph, { ...options, nameOf, isConstant: (name) => initializers.has(name) });

  return encodeModel({
    name: graph.name,
    inputs: [...graph.inputs, ...graph.weights.filter(({ name }) => !initializers.has(name))],
    outputs: [...graph.outputs].map(([name, value]) => ({ ...value, name })),
    ...(options.takesRoom && { sequence: noTensor.outputs[0] }),
    nodes: lastLeavesFirst([...(options.takesRoom ? [noTensor] : []), ...writer.nodes, ...copies]),
    initializers,
  });
}

const noTensor: OnnxNode = { type: 'SequenceEmpty', inputs: [], outputs: ['no tensor'], attributes: {} };

/**
 * Those weights of a graph that are given.
 * @throws GraphError if a shape differs from the graph's.
 */
export function constantWeights(graph: Graph, weights: Weights): { name: string; tensor: Tensor }[] {
  return graph.weights.flatMap(({ name, shape }) => {
    const tensor = weights.get(name);
    if (tensor && tensor.shape.join() !== shape.join()) {
      throw new GraphError(`${name} should be [${shape.join(', ')}], not [${tensor.shape.join(', ')}]`);
    }
    return tensor ? [{ name, tensor }] : [];
  });
}

interface EmitNodesOptions extends EmitOptions {
  /** The tensor of each value. */
  nameOf(value: Value): string;
  /** Whether a tensor is a weight whose value is part of the model; needed with a `channelBlock`. */
  isConstant?(name: string): boolean;
}

/** Writes the nodes of a graph. */
export function emitNodes(
  write: NodeWriter,
  graph: Graph,
  { nameOf, isConstant = () => true, lacks = [], channelBlock, half = false }: EmitNodesOptions,
): void {
  const precision = new HalfPrecision(write, nameOf, [...graph.inputs, ...graph.weights]);
  const emit = <Op extends OperationName>(node: Node<Op>) => {
    const { op, inputs, parameters, output } = node;
    const isHalf = half && precision.includes(node);
    const operation = {
      ...{ operands: inputs, lacks, channelBlock, isConstant },
      inputs: inputs.map((input) => precision.read(input, isHalf)),
      output: precision.written(output, isHalf),
    };
    const numbers = isHalf ? { number: (value: number) => write.constant(halfScalar(value)) } : {};
    emissionRules[op]({ ...write, ...numbers, ...operation }, parameters);
  };
  for (const node of graph.nodes) emit(node);
  for (const output of graph.outputs.values()) precision.read(output, false);
}

/**
 * Moves the nodes that no node reads to the end, in reverse. ONNX Runtime orders its work backwards from
 * these, the last first. A gradient that is available early, at the top of the network, is thus finished
 * before the layers below, and its inputs can be freed. The optimiser moves transpositions, so a gradient must not end with
 * one: it would come first.
 */
function lastLeavesFirst(nodes: readonly OnnxNode[]): OnnxNode[] {
  const read = new Set(nodes.flatMap(readBy));
  const isLeaf = ({ outputs }: OnnxNode) => !outputs.some((output) => read.has(output));
  return [...nodes.filter((node) => !isLeaf(node)), ...nodes.filter(isLeaf).reverse()];
}

/** The tensors that a node reads, including those read in a loop's body. */
function readBy({ inputs, attributes }: OnnxNode): readonly string[] {
  const bodies = Object.values(attributes).flatMap((attribute) =>
    typeof attribute === 'object' && 'subgraph' in attribute ? attribute.subgraph.nodes : [],
  );
  return [...inputs, ...bodies.flatMap(readBy)];
}
