import type { ByteScale } from '../core/byte-scale.ts';
import { int8RowsOf } from '../core/int8-rows.ts';
import { float32Tensor, type Tensor } from '../core/tensor.ts';
import type { GraphBuilder } from './builder.ts';
import type { Graph, Node, Value } from './graph.ts';
import { readersOf } from './links.ts';
import type { Weights } from './onnx/emit.ts';
import { poolFirst } from './pool-first.ts';
import { rewriteGraph } from './rewrite.ts';

/** The bytes of what a layer reads and of what it gives, after its activation. */
export interface LayerScales {
  readonly input: ByteScale;
  readonly output: ByteScale;
}

/** Name of a layer's weight → its scales. Layers that are not in it stay in floating point. */
export type Quantization = ReadonlyMap<string, LayerScales>;

/** A layer that can compute with eight bits. */
export interface QuantizableLayer {
  readonly node: Node<'conv' | 'linear'>;
  /** Name of its weight. A layer that is applied to several maps occurs several times. */
  readonly weight: string;
  readonly input: Value;
  /** Its result after the activation that directly follows it. */
  readonly output: Value;
}

/** The convolutions and linear layers of a graph whose weights are those of the model. */
export function quantizableLayers(graph: Graph): QuantizableLayer[] {
  const names = new Set(graph.weights.map(({ name }) => name));
  const readers = readersOf(graph);
  return graph.nodes.flatMap((node) => {
    if (node.op !== 'conv' && node.op !== 'linear') return [];
    const [input, weight] = node.inputs;
    if (!names.has(weight.name)) return [];
    const output = activated(node, readers);
    return [{ node: node as QuantizableLayer['node'], weight: weight.name, input, output }];
  });
}

/** The result of a node after the activation that directly follows it. */
function activated({ output }: Node, readers: ReadonlyMap<Value, readonly Node[]>): Value {
  const next = readers.get(output) ?? [];
  return next.length === 1 && isActivation(next[0]) ? next[0].output : output;
}

/**
 * Names of the weights of layers that lose most by few steps: those that no other layer follows, whose results are scores
 * and offsets.
 */
export function lastLayers(graph: Graph): Set<string> {
  const followed = new Set<Value>();
  for (const node of graph.nodes.toReversed()) {
    const isFollowed = isLayer(node) || followed.has(node.output);
    if (isFollowed) for (const input of node.inputs) followed.add(input);
  }
  return new Set(
    quantizableLayers(graph).flatMap(({ weight, output }) => (followed.has(output) ? [] : [weight])),
  );
}

/** Names of the weights of layers that no other layer precedes: those that read the inputs of the graph. */
export function firstLayers(graph: Graph): Set<string> {
  const preceded = new Set<Value>();
  for (const node of graph.nodes)
    if (isLayer(node) || node.inputs.some((input) => preceded.has(input))) preceded.add(node.output);
  return new Set(
    quantizableLayers(graph).flatMap(({ weight, input }) => (preceded.has(input) ? [] : [weight])),
  );
}

/** Includes layers that cannot compute with eight bits, such as the mask branch's predictor, a product with rows of its weight. */
function isLayer({ op }: Node): boolean {
  return op === 'conv' || op === 'convTranspose' || op === 'linear' || op === 'matmul';
}

/** An activation that the steps of eight bits can contain: it only clips. */
function isActivation({ op }: Node): boolean {
  return op === 'relu' || op === 'clamp';
}

/**
 * Computes layers with eight bits: activations in steps of one scale for each tensor, weights of one for each output
 * channel (Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 * Inference"). ONNX Runtime computes a layer between `fromBytes` and `toBytes` with integers.
 * @param weights All weights of the graph, batch norms folded; they are not changed.
 * @param weightSteps The largest whole number that a weight becomes, at most 127.
 */
export function quantizeGraph(
  original: Graph,
  weights: Weights,
  quantization: Quantization,
  weightSteps = 127,
): { graph: Graph; weights: Weights } {
  const tensors = new Map(weights);
  const graph = poolFirst(original);
  const layers = quantizableLayers(graph).filter(({ weight }) => quantization.has(weight));
  const chosen = new Map(layers.map((layer) => [layer.node as Node, layer]));
  // What a layer gives is in its own steps, whoever reads it. Other values are rounded for the layers that read them, and for
  // the sums that are rounded as well.
  const given = new Map<Value, ByteScale>();
  for (const { weight, output } of layers) given.set(output, quantization.get(weight)!.output);
  const read = new Map<Value, ByteScale>();
  for (const { weight, input } of layers)
    if (!read.has(input)) read.set(input, given.get(input) ?? quantization.get(weight)!.input);
  const inBytes = nodesInBytes(graph, { given, read });
  const rounded = new Map<Value, Value>();

  const rewritten = rewriteGraph(graph, (g, node, now) => {
    const bytes = (old: Value) => {
      if (given.has(old)) return now(old);
      const known = rounded.get(old) ?? inSteps(g, now(old), read.get(old)!);
      rounded.set(old, known);
      return known;
    };
    const layer = chosen.get(node);
    const operands = layer
      ? layerOperands(g, tensors, {
          ...{ layer, weightSteps },
          ...{ input: bytes(layer.input), scale: read.get(layer.input)! },
        })
      : node.inputs.map(inBytes.has(node) ? bytes : now);
    const result = g.apply(node.op, operands, node.parameters);
    const scale = given.get(node.output);
    return scale ? inSteps(g, result, scale) : result;
  });
  return { graph: rewritten, weights: tensors };
}

/**
 * The sums of rounded values that are rounded themselves, such as those with residuals, and what enlarges maps for them:
 * nodes that can compute with the bytes. Otherwise maps would become floats between two layers.
 * @param scales Of what layers give, and of what they read; those of enlarged maps are added.
 */
function nodesInBytes(
  graph: Graph,
  scales: { given: Map<Value, ByteScale>; read: ReadonlyMap<Value, ByteScale> },
): Set<Node> {
  const { given, read } = scales;
  const readers = readersOf(graph);
  const inBytes = new Set<Node>();
  const enlargers = new Map<Value, Node>();
  for (const node of graph.nodes) {
    if (node.op === 'upsampleNearest' && read.has(node.inputs[0]) && !read.has(node.output))
      enlargers.set(node.output, node);
    if (node.op !== 'add' || !read.has(activated(node, readers))) continue;
    if (!node.inputs.every((input) => given.has(input) || read.has(input) || enlargers.has(input))) continue;
    inBytes.add(node);
    for (const input of node.inputs) {
      const enlarger = enlargers.get(input);
      if (enlarger === undefined) continue;
      inBytes.add(enlarger);
      given.set(input, read.get(enlarger.inputs[0])!);
    }
  }
  return inBytes;
}

/** A value in steps of bytes. */
function inSteps(g: GraphBuilder, value: Value, scale: ByteScale): Value {
  return g.apply('fromBytes', [g.apply('toBytes', [value], scale)], scale);
}

interface ByteOperands {
  readonly layer: QuantizableLayer;
  /** What it reads, rounded. */
  readonly input: Value;
  readonly scale: ByteScale;
  readonly weightSteps: number;
}

/** The operands of a layer with weight and bias as integers. */
function layerOperands(
  g: GraphBuilder,
  tensors: Map<string, Tensor>,
  { layer, input, scale, weightSteps }: ByteOperands,
): Value[] {
  const [, weight, bias] = layer.node.inputs;
  const kernels = tensors.get(weight.name) as Tensor<'float32'>;
  const { shape } = kernels;
  const rows = int8RowsOf(kernels, weightSteps);
  const integers = constant(g, tensors, `${weight.name}:int8`, { dtype: 'int8', shape, data: rows.data });
  const steps = constant(g, tensors, `${weight.name}:scales`, float32Tensor([shape[0]], rows.scales));
  const operands = [input, g.apply('scaleRows', [integers, steps], {})];
  if (!bias) return operands;
  // The sum of products is in steps of both scales.
  const sumScales = rows.scales.map((row) => row * scale.scale);
  const values = tensors.get(bias.name)?.data as Float32Array;
  const whole = Int32Array.from(values, (value, row) => Math.round(value / sumScales[row]));
  const shapeOfSums = [values.length];
  const name = `${weight.name}:${scale.scale}`;
  const sums = constant(g, tensors, `${name}:bias`, { dtype: 'int32', shape: shapeOfSums, data: whole });
  const sumSteps = constant(g, tensors, `${name}:scales`, float32Tensor(shapeOfSums, sumScales));
  return [...operands, g.apply('scaleRows', [sums, sumSteps], {})];
}

function constant(g: GraphBuilder, tensors: Map<string, Tensor>, name: string, tensor: Tensor): Value {
  tensors.set(name, tensor);
  return g.weight(name, tensor.shape, tensor.dtype);
}
