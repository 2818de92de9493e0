import type { ModelConfig } from '../config/schema.ts';
import { absorbPadding } from '../graph/absorb-padding.ts';
import { byteOutputs } from '../graph/byte-outputs.ts';
import { foldBatchNorm } from '../graph/fold-batch-norm.ts';
import { foldWeights } from '../graph/fold-weights.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { channelsLastOutputs, type HoistedGraph, hoistRoiAlign } from '../graph/hoist-roi-align.ts';
import { joinConvolutions } from '../graph/join-convolutions.ts';
import { emitOnnx, type Weights } from '../graph/onnx/emit.ts';
import { fitsHalf } from '../graph/onnx/half-precision.ts';
import { type Quantization, quantizeGraph } from '../graph/quantize.ts';
import { verifyGraph } from '../graph/verify.ts';
import { useWinograd } from '../graph/winograd.ts';
import { inferenceGraphs, weightsOf } from '../model/inference-graphs.ts';
import { levelsOf } from '../model/structure.ts';
import { quantizationOf } from '../model-file/quantization.ts';
import { channelMultiple } from '../ops/roi-aligner.ts';
import { releaseFromDevice } from '../runtime/device-tensor.ts';
import type { Runtime, Session, SessionOptions, Tensors } from '../runtime/runtime.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { isStoredInHalf, readTensors, shapesOf, type WeightFile } from '../weights/weight-file.ts';
import type { Sessions } from './graph-stages.ts';
import { poolingOnHost, RoiAligners, showingChannelsFirst } from './host-pooling.ts';
import { weightSteps } from './weight-steps.ts';

/** Makes something that runs of a model's weights; `compileModel` is one. */
export type Compile<Config, Compiled> = (
  config: Config,
  weights: WeightFile,
  runtime: Runtime,
  options?: SessionOptions,
) => Promise<Compiled>;

/**
 * Compiles the graphs of a model. Weights are read and batch norms folded one graph at a time, so that the peak of memory
 * is the weights of one graph and not of the whole model.
 * @throws InputError where a weight is missing, unused, of another shape or damaged.
 */
export async function compileModel(
  config: ModelConfig,
  weights: WeightFile,
  runtime: Runtime,
  options?: CompileOptions,
): Promise<Sessions> {
  const aligners = new RoiAligners();
  const compiling = { ...options, aligners };
  const graphs = inferenceGraphs(config);
  checkKeys(weights.name, weightsOf(graphs), shapesOf(weights));
  const pooled = new Set(
    [graphs.boxes, graphs.masks, graphs.keypoints].flatMap((graph) =>
      graph ? mapsPooledOnHost(graph, runtime) : [],
    ),
  );
  const maps = levelsOf(config).roi.map(({ name }) => name);
  return {
    proposals: await compileGraph(graphs.proposals, weights, runtime, {
      ...compiling,
      pooled,
      kept: pooled.size > 0 ? [] : maps,
    }),
    ...(await compileBranches(config, weights, runtime, compiling)),
    reuse: (pyramid) => {
      aligners.reuse(pyramid);
      releaseFromDevice(pyramid);
    },
  };
}

/** The branches of a model alone, to run on maps that are already there. */
export async function compileBranches(
  config: ModelConfig,
  weights: WeightFile,
  runtime: Runtime,
  options?: CompileOptions,
): Promise<Pick<Sessions, 'boxes' | 'masks' | 'keypoints'>> {
  const { boxes, masks, keypoints } = inferenceGraphs(config);
  const compile = (graph: Graph) => compileGraph(graph, weights, runtime, options);
  return {
    boxes: await compile(boxes),
    masks: masks && (await compile(masks)),
    keypoints: keypoints && (await compile(keypoints)),
  };
}

export interface CompileOptions extends SessionOptions {
  /** Shared by all graphs of the model, so that they share memory. */
  aligners?: RoiAligners;
  /** Names of outputs that RoIs are pooled from on the host. Default: none. */
  pooled?: ReadonlySet<string>;
  /** The layers to compute with eight bits. Default: those that the file names, if the runtime gains by it. */
  quantization?: Quantization | undefined;
  /** Called with the inputs of every run and the graph that it runs, batch norms folded. */
  observe?: GraphObserver | undefined;
}

/**
 * Compiles one graph, with its batch norms folded into the convolutions, and RoIAlign done by the host where its inputs
 * come from the host.
 * @throws InputError where a weight is missing or damaged.
 */
export async function compileGraph(
  graph: Graph,
  weights: WeightFile,
  runtime: Runtime,
  {
    aligners = new RoiAligners(),
    pooled = new Set(),
    quantization,
    observe,
    ...options
  }: CompileOptions = {},
): Promise<Session> {
  const layers = quantization ?? (runtime.multipliesBytes ? quantizationOf(weights) : null);
  const presented = pooled.size > 0 ? channelsLastOutputs(graph, pooled) : graph;
  const hoisted = hoistedFor(runtime, presented);
  const normed = foldBatchNorm(
    hoisted.graph,
    await readTensors(
      weights,
      graph.weights.map(({ name }) => name),
    ),
  );
  const arranged = foldWeights(normed.graph, normed.weights);
  const folded = runtime.isDevice ? arranged : { ...arranged, graph: absorbPadding(arranged.graph) };
  const bytes = layers?.size
    ? quantizeGraph(folded.graph, folded.weights, layers, await weightSteps(runtime))
    : folded;
  const joined = runtime.isDevice ? bytes : joinConvolutions(bytes.graph, bytes.weights);
  const maps = byteOutputs(joined.graph, pooled);
  const fast = runtime.multipliesFast ? useWinograd(maps.graph, joined.weights) : { ...joined, ...maps };
  verifyGraph(fast.graph);
  const half = runtime.computesHalf && isStoredInHalf(weights) && fitsHalf(fast.weights);
  const room = runtime.takesRoom && pooled.size > 0 ? { graph: fast.graph, aligners } : null;
  const model = emitOnnx(fast.graph, fast.weights, { lacks: runtime.lacks, takesRoom: room !== null, half });
  const session = await runtime.createSession(model, options);
  const observed = observe ? observedSession(session, folded, observe) : session;
  const pooling = poolingOnHost(observed, hoisted, aligners);
  return pooled.size === 0
    ? pooling
    : showingChannelsFirst(pooling, room, { names: pooled, scales: maps.scales });
}

/** Called with a graph, its weights and the inputs of a run. */
export type GraphObserver = (graph: Graph, weights: Weights, inputs: Tensors) => Promise<void>;

function observedSession(
  session: Session,
  { graph, weights }: { graph: Graph; weights: Weights },
  observe: GraphObserver,
): Session {
  return {
    ...session,
    async run(inputs, room) {
      await observe(graph, weights, inputs);
      return session.run(inputs, room);
    },
  };
}

function mapsPooledOnHost(graph: Graph, runtime: Runtime): string[] {
  return hoistedFor(runtime, graph).pools.flatMap(({ rois }) => rois.map(({ features }) => features));
}

/** The graph with RoIAlign done by the host, unless the runtime is faster. */
function hoistedFor({ alignsRois, lacks = [] }: Runtime, graph: Graph): HoistedGraph {
  // The form of other operators that replaces RoIAlign has a fixed number of sampling points.
  const canAlign = graph.nodes.every(
    (node) =>
      node.op !== 'roiAlign' ||
      !lacks.includes('RoiAlign') ||
      (node as Node<'roiAlign'>).parameters.samplingRatio > 0,
  );
  return alignsRois && canAlign ? { graph, pools: [] } : hoistRoiAlign(graph, channelMultiple);
}
