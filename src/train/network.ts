import type { ModelConfig } from '../config/schema.ts';
import type { Float32Tensor, Tensor } from '../core/tensor.ts';
import { gradientName } from '../graph/autodiff/names.ts';
import { vjp } from '../graph/autodiff/vjp.ts';
import { scaleWeightsByBatchNorm, useBatchStatistics } from '../graph/batch-norm.ts';
import type { Graph } from '../graph/graph.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import { verifyGraph } from '../graph/verify.ts';
import { isFrozenNorm } from '../model/trainable.ts';
import { trainingGraphs } from '../model/training-graphs.ts';
import type { Runtime, SessionOptions, Tensors } from '../runtime/runtime.ts';

/** The weights of a model by state_dict name; those that are trained are fed at every run and change in place. */
export type ModelWeights = ReadonlyMap<string, Float32Tensor>;

/** One of the parts of a training step, ready to run. */
export interface Part {
  /** Feeds the part what it needs of `inputs` and the trained weights. */
  run(inputs: Tensors): Promise<Record<string, Tensor>>;
}

/** A model compiled for training. */
export interface TrainingNetwork {
  /** `image` → RPN outputs and, for the other part, pyramid and residuals. */
  readonly forward: Part;
  /** What the first part gave, sampled anchors, RoIs and their targets → losses and gradients of weights. */
  readonly backward: Part;
  release(): Promise<void>;
}

export interface NetworkOptions {
  readonly runtime: Runtime;
  /** Names of the weights that are trained; the others become constants. */
  readonly trainable: ReadonlySet<string>;
  /** Pictures in every batch; known, they take fewer copies of feature maps. Default any number. */
  readonly batchSize?: number;
  readonly session?: SessionOptions;
}

/** Differentiates and compiles a model's training graphs. */
export async function compileNetwork(
  config: ModelConfig,
  weights: ModelWeights,
  { runtime, trainable, session, batchSize }: NetworkOptions,
): Promise<TrainingNetwork> {
  const { step, targets } = trainingGraphs(config, batchSize);
  const graph = inTrainingForm(step, config);
  const trained = (part: Graph) => part.weights.map(({ name }) => name).filter((name) => trainable.has(name));
  const constants = new Map([...weights].filter(([name]) => !trainable.has(name)));
  const release: (() => Promise<void>)[] = [];

  const compile = async (part: Graph): Promise<Part> => {
    verifyGraph(part);
    const compiled = await runtime.createSession(emitOnnx(part, constants), session);
    release.push(() => compiled.release());
    const fed = trained(part);
    return {
      run: (inputs) => {
        const feeds: Record<string, Tensor> = {};
        for (const { name } of part.inputs) feeds[name] = inputs[name];
        for (const name of fed) feeds[name] = weights.get(name) as Float32Tensor;
        return compiled.run(feeds);
      },
    };
  };
  const { forward, backward } = vjp(graph, {
    outputs: [],
    losses: [...graph.outputs.keys()].filter((name) => name.startsWith('loss_')),
    late: targets,
    wrt: trained(graph),
  });
  return {
    forward: await compile(forward),
    backward: await compile(backward),
    release: async () => {
      for (const each of release) await each();
    },
  };
}

/** Frozen batch norms move into the weights of their convolutions; the others use the statistics of the batch. */
function inTrainingForm(graph: Graph, config: ModelConfig): Graph {
  const withBatchStatistics = useBatchStatistics(graph, (runningMean) => !isFrozenNorm(runningMean, config));
  return scaleWeightsByBatchNorm(withBatchStatistics);
}

/** The gradients of weights among a part's outputs, by the weights' names. */
export function weightGradients(
  outputs: Readonly<Record<string, Tensor>>,
  trainable: ReadonlySet<string>,
): Map<string, Float32Array> {
  const gradients = new Map<string, Float32Array>();
  for (const name of trainable) {
    const gradient = outputs[gradientName(name)];
    if (gradient) gradients.set(name, gradient.data as Float32Array);
  }
  return gradients;
}
