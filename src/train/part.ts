import type { Float32Tensor, Tensor } from '../core/tensor.ts';
import { absorbPadding } from '../graph/absorb-padding.ts';
import { scaleWeightsByBatchNorm, useBatchStatistics } from '../graph/batch-norm.ts';
import type { Graph } from '../graph/graph.ts';
import { emitOnnx, type Weights } from '../graph/onnx/emit.ts';
import { OutputRoom } from '../graph/output-room.ts';
import { poolFirst } from '../graph/pool-first.ts';
import { splitConstants } from '../graph/split-constants.ts';
import { verifyGraph } from '../graph/verify.ts';
import { useWinograd } from '../graph/winograd.ts';
import type { Runtime, SessionOptions, Tensors } from '../runtime/runtime.ts';
import { channelBlockOf } from './channel-block.ts';

/** The weights of a model by state_dict name; trained ones are fed at each run and change in place. */
export type ModelWeights = ReadonlyMap<string, Float32Tensor>;

/** One part of a training step, ready to run. */
export interface Part {
  /** Runs the part on the trained weights and those of `inputs` that it needs. */
  run(inputs: Tensors): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface CompileOptions {
  readonly runtime: Runtime;
  /** Names of the trained weights; the others become constants. */
  readonly trainable: ReadonlySet<string>;
  /** Pictures per batch; if known, fewer copies of feature maps are needed. Default: any number. */
  readonly batchSize?: number;
  /** See `StepGraphOptions`. Default: false. */
  readonly partial?: boolean;
  readonly session?: SessionOptions | undefined;
}

/** Verifies a graph and compiles it. */
export async function compilePart(
  graph: Graph,
  weights: ModelWeights,
  { runtime, trainable, session }: CompileOptions,
): Promise<Part> {
  const constants = new Map([...weights].filter(([name]) => !trainable.has(name)));
  const folded = await foldConstants(graph, constants, runtime);
  const padded = runtime.isDevice ? folded.graph : absorbPadding(folded.graph);
  const fast = runtime.multipliesFast
    ? useWinograd(padded, folded.weights, { computed: true })
    : { graph: padded, weights: folded.weights };
  verifyGraph(fast.graph);
  const channelBlock = await channelBlockOf(runtime);
  const compiled = await runtime.createSession(
    emitOnnx(fast.graph, fast.weights, { channelBlock, lacks: runtime.lacks, takesRoom: runtime.takesRoom }),
    session,
  );
  const fed = trainedWeights(graph, trainable);
  const room = runtime.takesRoom ? new OutputRoom(fast.graph, session?.kept) : null;
  return {
    run: (inputs) => {
      const feeds: Record<string, Tensor> = {};
      for (const { name } of graph.inputs) feeds[name] = inputs[name];
      for (const name of fed) feeds[name] = weights.get(name) as Float32Tensor;
      return compiled.run(feeds, room?.forRun(feeds));
    },
    release: () => compiled.release(),
  };
}

/** What constants alone determine, such as the weights of frozen layers with their norms, becomes a constant. */
async function foldConstants(
  graph: Graph,
  constants: Weights,
  runtime: Runtime,
): Promise<{ graph: Graph; weights: Weights }> {
  const { constant, rest } = splitConstants(graph, (name) => constants.has(name));
  if (constant.outputs.size === 0) return { graph, weights: constants };
  const session = await runtime.createSession(emitOnnx(constant, constants, { lacks: runtime.lacks }));
  const results = await session.run({});
  await session.release();
  return { graph: rest, weights: new Map([...constants, ...Object.entries(results)]) };
}

/** Names of a graph's trained weights. */
export function trainedWeights({ weights }: Graph, trainable: ReadonlySet<string>): string[] {
  return weights.map(({ name }) => name).filter((name) => trainable.has(name));
}

/** Names of a graph's loss outputs. */
export function lossNames({ outputs }: Graph): string[] {
  return [...outputs.keys()].filter((name) => name.startsWith('loss_'));
}

/**
 * Folds frozen batch norms into the weights of their convolutions; the others use batch statistics. A ReLU and its
 * gradient come after pooling, where they have fewer pixels.
 * @param isFrozen Whether the norm with this running mean is frozen.
 */
export function inTrainingForm(graph: Graph, isFrozen: (runningMean: string) => boolean): Graph {
  const normalised = useBatchStatistics(graph, (runningMean) => !isFrozen(runningMean));
  return poolFirst(scaleWeightsByBatchNorm(normalised));
}
