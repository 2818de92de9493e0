import type { ModelConfig } from '../config/schema.ts';
import type { Tensor } from '../core/tensor.ts';
import { foldBatchNorm } from '../graph/fold-batch-norm.ts';
import type { Graph } from '../graph/graph.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import { verifyGraph } from '../graph/verify.ts';
import { expectedWeights, inferenceGraphs } from '../model/inference-graphs.ts';
import type { Runtime, Session, SessionOptions } from '../runtime/runtime.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { shapesOf, type WeightFile } from '../weights/weight-file.ts';
import type { Sessions } from './pipeline.ts';

/**
 * Makes a model's graphs ready to run. Weights are read for one graph at a time and batch norms folded into
 * them, so the peak of memory is one graph's weights and not the model's.
 * @throws InputError where a weight is missing, unused, of another shape or damaged.
 */
export async function compileModel(
  config: ModelConfig,
  weights: WeightFile,
  runtime: Runtime,
  options?: SessionOptions,
): Promise<Sessions> {
  const compile = (graph: Graph) => compileGraph(graph, weights, runtime, options);
  checkKeys(weights.name, expectedWeights(config), shapesOf(weights));
  const graphs = inferenceGraphs(config);
  return {
    proposals: await compile(graphs.proposals),
    boxes: await compile(graphs.boxes),
    masks: graphs.masks && (await compile(graphs.masks)),
  };
}

/**
 * Makes one graph ready to run, with its batch norms folded into the convolutions.
 * @throws InputError where a weight is missing or damaged.
 */
export async function compileGraph(
  graph: Graph,
  weights: WeightFile,
  runtime: Runtime,
  options?: SessionOptions,
): Promise<Session> {
  const folded = foldBatchNorm(graph, await readWeights(graph, weights));
  verifyGraph(folded.graph);
  return runtime.createSession(emitOnnx(folded.graph, folded.weights), options);
}

async function readWeights(graph: Graph, weights: WeightFile): Promise<Map<string, Tensor>> {
  const tensors = new Map<string, Tensor>();
  for (const { name } of graph.weights) tensors.set(name, await weights.read(name));
  return tensors;
}
