import type { Float32Tensor } from '../core/tensor.ts';
import { absorbPadding } from '../graph/absorb-padding.ts';
import { foldBatchNorm } from '../graph/fold-batch-norm.ts';
import { foldWeights } from '../graph/fold-weights.ts';
import type { Graph, Value } from '../graph/graph.ts';
import type { ModelWriter } from '../graph/onnx/emission.ts';
import { constantWeights, emitNodes, type Weights } from '../graph/onnx/emit.ts';
import { dataTypes } from '../graph/onnx/protobuf.ts';
import { type Quantization, quantizeGraph } from '../graph/quantize.ts';
import { verifyGraph } from '../graph/verify.ts';
import { encodeTensor, type WeightPrecision, writtenDtype } from '../weights/elements/encode.ts';
import { readTensors, type WeightFile } from '../weights/weight-file.ts';

/** A graph with its weights, which is written as a part of a larger model. */
export interface GraphPart {
  readonly graph: Graph;
  readonly weights: Weights;
}

/** How the layers of a part compute and are stored. */
export interface PartOptions {
  /** Of the weights in the file. */
  readonly precision: WeightPrecision;
  /** The layers that compute with eight bits; null: none. */
  readonly quantization: Quantization | null;
}

/**
 * Reads the weights of a graph. Batch norms are folded into the convolutions, but not where weights are stored as float16:
 * those of a float16 file then stay as they are.
 * @throws InputError if a weight is missing or damaged.
 */
export async function readPart(
  graph: Graph,
  file: WeightFile,
  { precision, quantization }: PartOptions,
): Promise<GraphPart> {
  const names = graph.weights.map(({ name }) => name);
  const weights = await readTensors(file, names);
  const padded = absorbPadding(graph);
  const normed = precision === 'float32' ? foldBatchNorm(padded, weights) : { graph: padded, weights };
  const part = quantization ? withBytes(normed, quantization) : normed;
  verifyGraph(part.graph);
  return part;
}

function withBytes(part: GraphPart, quantization: Quantization): GraphPart {
  const { graph, weights } = foldWeights(part.graph, part.weights);
  return quantizeGraph(graph, weights, quantization);
}

/**
 * Adds the weights of a part to a model. Parts that share a layer share its weights.
 * @param precision How they are stored; float16 is converted back where the model runs.
 * @throws InputError if a weight does not fit float16.
 */
export function writeWeights(
  { write, initializers }: ModelWriter,
  { graph, weights }: GraphPart,
  precision: WeightPrecision,
): void {
  for (const { name, tensor } of constantWeights(graph, weights)) {
    if (initializers.has(name) || initializers.has(halfOf(name))) continue;
    const { shape } = tensor;
    if (writtenDtype('float32', shape, precision) === 'float32') initializers.set(name, tensor);
    else {
      const bytes = encodeTensor(name, tensor as Float32Tensor, 'float16');
      initializers.set(halfOf(name), { dtype: 'float16', shape, data: new Uint16Array(bytes.buffer) });
      write.node('Cast', [halfOf(name)], name, { to: dataTypes.float32 });
    }
  }
}

/** The name of a weight as it is stored in half precision. */
function halfOf(name: string): string {
  return `${name}:float16`;
}

/**
 * Adds the nodes of a part to a model that has its weights.
 * @param inputs The part's inputs by name.
 * @returns Its outputs by name.
 */
export function writePart(
  { write }: ModelWriter,
  { graph }: GraphPart,
  inputs: Readonly<Record<string, string>>,
): Record<string, string> {
  const known = new Map<Value, string>(graph.inputs.map((input) => [input, inputs[input.name]]));
  for (const weight of graph.weights) known.set(weight, weight.name);
  const nameOf = (value: Value) => known.get(value) ?? `${graph.name}/${value.name}`;
  emitNodes(write, graph, { nameOf });
  return Object.fromEntries([...graph.outputs].map(([name, value]) => [name, nameOf(value)]));
}
