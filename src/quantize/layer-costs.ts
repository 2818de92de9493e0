import type { ModelConfig } from '../config/schema.ts';
import type { Graph } from '../graph/graph.ts';
import { emitOnnx, type Weights } from '../graph/onnx/emit.ts';
import { type Quantization, quantizeGraph } from '../graph/quantize.ts';
import type { PictureSource } from '../image/picture-source.ts';
import { compileModel, type GraphObserver } from '../predict/compile.ts';
import { decode } from '../predict/load/decode-source.ts';
import { Model } from '../predict/model.ts';
import { weightSteps } from '../predict/weight-steps.ts';
import type { Runtime, Tensors } from '../runtime/runtime.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import type { CalibratedLayer } from './quantize-model.ts';

export interface LayerCost {
  readonly layer: CalibratedLayer;
  /**
   * Squared error of the results of its graph (feature maps, scores, offsets, masks) if this layer alone computes with eight
   * bits, relative to their squares; the mean over the results.
   */
  readonly cost: number;
}

export interface LayerCostOptions {
  readonly runtime: Runtime;
  /** Those that the layers were calibrated with. */
  readonly pictures: readonly PictureSource[];
  /** Runs of each graph to measure on: those of the first pictures in which it runs. */
  readonly runs: number;
  /** Called after each layer with the number done. */
  readonly onLayer?: (done: number) => void;
}

/** A graph, and the inputs that it had. */
interface RecordedGraph {
  readonly graph: Graph;
  readonly weights: Weights;
  readonly inputs: Tensors[];
}

/**
 * Measures what eight bits cost in each layer, where it counts: at the end of the layer's graph. An error in an early layer
 * passes through all that follow, so its own size says little.
 * @returns The layer that costs most first.
 */
export async function layerCosts(
  config: ModelConfig,
  weights: WeightFile,
  layers: readonly CalibratedLayer[],
  { runtime, pictures, runs, onLayer }: LayerCostOptions,
): Promise<LayerCost[]> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const costs: LayerCost[] = [];
  for (const recorded of await recordInputs(config, weights, byName, { runtime, pictures, runs })) {
    const expected = await resultsOf(recorded, new Map(), runtime);
    for (const { name } of recorded.graph.weights) {
      const layer = byName.get(name);
      if (!layer) continue;
      const found = await resultsOf(recorded, new Map([[name, layer.scales]]), runtime);
      costs.push({ layer, cost: relativeError(expected, found) });
      onLayer?.(costs.length);
    }
  }
  return costs.sort((a, b) => b.cost - a.cost);
}

async function recordInputs(
  config: ModelConfig,
  weights: WeightFile,
  layers: ReadonlyMap<string, unknown>,
  { runtime, pictures, runs }: LayerCostOptions,
): Promise<RecordedGraph[]> {
  const recorded = new Map<Graph, RecordedGraph>();
  const observe: GraphObserver = async (graph, tensors, inputs) => {
    const known = recorded.get(graph) ?? { graph, weights: tensors, inputs: [] };
    recorded.set(graph, known);
    // The memory of inputs is used again.
    if (known.inputs.length < runs) known.inputs.push(structuredClone(inputs));
  };
  const model = new Model(config, await compileModel(config, weights, runtime, { observe }), decode);
  try {
    // The branches do not run in a picture in which nothing is found.
    const isMeasured = (name: string) =>
      [...recorded.values()].some(({ graph }) => graph.weights.some((weight) => weight.name === name));
    for (const [index, picture] of pictures.entries()) {
      if (index >= runs && [...layers.keys()].every(isMeasured)) break;
      await model.predict(picture);
    }
  } finally {
    await model.dispose();
  }
  return [...recorded.values()];
}

async function resultsOf(
  { graph, weights, inputs }: RecordedGraph,
  quantization: Quantization,
  runtime: Runtime,
): Promise<Tensors[]> {
  const bytes = quantizeGraph(graph, weights, quantization, await weightSteps(runtime));
  const session = await runtime.createSession(emitOnnx(bytes.graph, bytes.weights, { lacks: runtime.lacks }));
  try {
    const results: Tensors[] = [];
    for (const each of inputs) results.push(await session.run(each));
    return results;
  } finally {
    await session.release();
  }
}

function relativeError(expected: readonly Tensors[], found: readonly Tensors[]): number {
  const names = Object.keys(expected[0]);
  const errors = names.map((name) => {
    let [error, power] = [0, 0];
    for (const [run, tensors] of expected.entries()) {
      const before = tensors[name].data as Float32Array;
      const after = found[run][name].data as Float32Array;
      for (let i = 0; i < before.length; i++) {
        error += (before[i] - after[i]) ** 2;
        power += before[i] ** 2;
      }
    }
    return power === 0 ? 0 : error / power;
  });
  return errors.reduce((sum, error) => sum + error, 0) / names.length;
}
