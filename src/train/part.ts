import type { Float32Tensor, Tensor } from '../core/tensor.ts';
import { scaleWeightsByBatchNorm, useBatchStatistics } from '../graph/batch-norm.ts';
import type { Graph } from '../graph/graph.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import { verifyGraph } from '../graph/verify.ts';
import type { Runtime, SessionOptions, Tensors } from '../runtime/runtime.ts';

/** The weights of a model by state_dict name; those that are trained are fed at every run and change in place. */
export type ModelWeights = ReadonlyMap<string, Float32Tensor>;

/** One of the parts of a training step, ready to run. */
export interface Part {
  /** Feeds the part what it needs of `inputs` and the trained weights. */
  run(inputs: Tensors): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface CompileOptions {
  readonly runtime: Runtime;
  /** Names of the weights that are trained; the others become constants. */
  readonly trainable: ReadonlySet<string>;
  /** Pictures in every batch; known, they take fewer copies of feature maps. Default any number. */
  readonly batchSize?: number;
  readonly session?: SessionOptions;
}

/** Verifies a graph and compiles it. */
export async function compilePart(
  graph: Graph,
  weights: ModelWeights,
  { runtime, trainable, session }: CompileOptions,
): Promise<Part> {
  verifyGraph(graph);
  const constants = new Map([...weights].filter(([name]) => !trainable.has(name)));
  const compiled = await runtime.createSession(emitOnnx(graph, constants), session);
  const fed = trainedWeights(graph, trainable);
  return {
    run: (inputs) => {
      const feeds: Record<string, Tensor> = {};
      for (const { name } of graph.inputs) feeds[name] = inputs[name];
      for (const name of fed) feeds[name] = weights.get(name) as Float32Tensor;
      return compiled.run(feeds);
    },
    release: () => compiled.release(),
  };
}

/** Names of a graph's weights that are trained. */
export function trainedWeights({ weights }: Graph, trainable: ReadonlySet<string>): string[] {
  return weights.map(({ name }) => name).filter((name) => trainable.has(name));
}

/** Names of a graph's outputs that are losses. */
export function lossNames({ outputs }: Graph): string[] {
  return [...outputs.keys()].filter((name) => name.startsWith('loss_'));
}

/**
 * Frozen batch norms move into the weights of their convolutions; the others use the statistics of the batch.
 * @param isFrozen Of the norm with the running mean of this name.
 */
export function inTrainingForm(graph: Graph, isFrozen: (runningMean: string) => boolean): Graph {
  return scaleWeightsByBatchNorm(useBatchStatistics(graph, (runningMean) => !isFrozen(runningMean)));
}
