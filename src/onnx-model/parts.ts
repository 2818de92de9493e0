import type { ModelConfig } from '../config/schema.ts';
import type { Graph } from '../graph/graph.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import { inferenceGraphs } from '../model/inference-graphs.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { readPart } from './graph-parts.ts';

/** The names of the parts that `partModels` gives, in order. */
export function partNames(config: ModelConfig): string[] {
  return partsOf(config).map(([name]) => name);
}

function partsOf(config: ModelConfig): [name: string, graph: Graph][] {
  return Object.entries(inferenceGraphs(config)).flatMap(([name, graph]) => (graph ? [[name, graph]] : []));
}

/**
 * The networks of a detector as separate ONNX models, for programs that do the rest themselves: `proposals` (the backbone
 * and the RPN head on a prepared picture), `boxes`, and the branches `masks` and `keypoints` if there are any.
 * @throws InputError if a weight is missing or damaged.
 */
export async function* partModels(
  config: ModelConfig,
  weights: WeightFile,
): AsyncGenerator<{ name: string; model: Uint8Array }> {
  for (const [name, graph] of partsOf(config)) {
    const part = await readPart(graph, weights, { precision: 'float32', quantization: null });
    yield { name, model: emitOnnx(part.graph, part.weights) };
  }
}
