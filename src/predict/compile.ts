import type { ModelConfig } from '../config/schema.ts';
import type { Tensor } from '../core/tensor.ts';
import { foldBatchNorm } from '../graph/fold-batch-norm.ts';
import type { Graph } from '../graph/graph.ts';
import { channelsLastOutputs, hoistRoiAlign } from '../graph/hoist-roi-align.ts';
import { emitOnnx } from '../graph/onnx/emit.ts';
import type { RoiAlignForm } from '../graph/onnx/roi-align-form.ts';
import type { RoiAlignParameters } from '../graph/operations.ts';
import { verifyGraph } from '../graph/verify.ts';
import { useWinograd } from '../graph/winograd.ts';
import { inferenceGraphs, weightsOf } from '../model/inference-graphs.ts';
import { channelMultiple } from '../ops/roi-aligner.ts';
import type { Runtime, Session, SessionOptions } from '../runtime/runtime.ts';
import { checkKeys } from '../weights/compare-keys.ts';
import { shapesOf, type WeightFile } from '../weights/weight-file.ts';
import { poolingOnHost, RoiAligners, showingChannelsFirst } from './host-pooling.ts';
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
  const aligners = new RoiAligners();
  const compile = (graph: Graph) => compileGraph(graph, weights, runtime, { ...options, aligners });
  const graphs = inferenceGraphs(config);
  checkKeys(weights.name, weightsOf(graphs), shapesOf(weights));
  const pooled = new Set(
    [graphs.boxes, graphs.masks, graphs.keypoints].flatMap((graph) => (graph ? mapsPooledOnHost(graph) : [])),
  );
  const proposals = channelsLastOutputs(graphs.proposals, pooled);
  return {
    proposals: showingChannelsFirst(
      await compile(proposals),
      runtime.takesRoom ? { graph: proposals, aligners } : null,
      pooled,
    ),
    boxes: await compile(graphs.boxes),
    masks: graphs.masks && (await compile(graphs.masks)),
    keypoints: graphs.keypoints && (await compile(graphs.keypoints)),
    reuse: (pyramid) => aligners.reuse(pyramid),
  };
}

export interface CompileOptions extends SessionOptions {
  /** Shared with the other graphs of the model, so that they share memory. */
  aligners?: RoiAligners;
}

/**
 * Makes one graph ready to run, with its batch norms folded into the convolutions, and RoIAlign done by the host where
 * it works on what the host feeds.
 * @throws InputError where a weight is missing or damaged.
 */
export async function compileGraph(
  graph: Graph,
  weights: WeightFile,
  runtime: Runtime,
  { aligners = new RoiAligners(), ...options }: CompileOptions = {},
): Promise<Session> {
  const hoisted = hoistRoiAlign(graph, channelMultiple);
  const folded = foldBatchNorm(hoisted.graph, await readWeights(graph, weights));
  const fast = runtime.multipliesFast ? useWinograd(folded.graph, folded.weights) : folded;
  verifyGraph(fast.graph);
  const model = emitOnnx(fast.graph, fast.weights, { roiAlign: roiAlignForm(fast.graph, runtime) });
  const session = await runtime.createSession(model, options);
  return poolingOnHost(session, hoisted, aligners);
}

/** What the runtime's device computes itself, of the forms that the graph's parameters allow. */
function roiAlignForm({ nodes }: Graph, { lacks = [] }: Runtime): RoiAlignForm {
  const countsOnRoi = nodes.some(
    ({ op, parameters }) => op === 'roiAlign' && (parameters as RoiAlignParameters).samplingRatio === 0,
  );
  return lacks.includes('RoiAlign') && !countsOnRoi ? 'gridSample' : 'operator';
}

function mapsPooledOnHost(graph: Graph): string[] {
  return hoistRoiAlign(graph, channelMultiple).pools.flatMap(({ rois }) =>
    rois.map(({ features }) => features),
  );
}

async function readWeights(graph: Graph, weights: WeightFile): Promise<Map<string, Tensor>> {
  const tensors = new Map<string, Tensor>();
  for (const { name } of graph.weights) tensors.set(name, await weights.read(name));
  return tensors;
}
