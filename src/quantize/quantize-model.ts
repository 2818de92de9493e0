import type { ModelConfig } from '../config/schema.ts';
import type { Float32Tensor, Tensor } from '../core/tensor.ts';
import { absorbBatchNorm } from '../graph/fold-batch-norm.ts';
import type { Graph } from '../graph/graph.ts';
import { firstLayers, type LayerScales, lastLayers } from '../graph/quantize.ts';
import type { PictureSource } from '../image/picture-source.ts';
import { inferenceGraphs } from '../model/inference-graphs.ts';
import { compileModel } from '../predict/compile.ts';
import { decode } from '../predict/load/decode-source.ts';
import { Model } from '../predict/model.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { memoryWeights, readTensors, type WeightFile } from '../weights/weight-file.ts';
import { ActivationRecorder } from './observe.ts';

export interface CalibrationOptions {
  readonly runtime: Runtime;
  /** Like those that the model is for. */
  readonly pictures: readonly PictureSource[];
  /** Called after each with the number done. */
  readonly onPicture?: (done: number) => void;
}

/** A layer that can compute with eight bits. */
export interface CalibratedLayer {
  /** Name of its weight. */
  readonly name: string;
  readonly scales: LayerScales;
  /** Whether the rows of its weight, as it is stored, are its output channels. Those of a transposed convolution are not. */
  readonly hasRows: boolean;
}

/**
 * Finds the steps of every layer's bytes by predicting pictures. The first layer and those that give scores and offsets are
 * left out: they are a small part of the work, and lose most.
 * @param weights As `absorbedWeights` gives them.
 * @returns The layers in the order in which they are computed.
 * @throws InputError that names a picture that cannot be read.
 */
export async function calibrate(
  config: ModelConfig,
  weights: WeightFile,
  { runtime, pictures, onPicture }: CalibrationOptions,
): Promise<CalibratedLayer[]> {
  const recorder = new ActivationRecorder(runtime);
  const model = new Model(
    config,
    await compileModel(config, weights, runtime, { observe: recorder.observe }),
    decode,
  );
  try {
    for (const [index, picture] of pictures.entries()) {
      await model.predict(picture);
      onPicture?.(index + 1);
    }
  } finally {
    await model.dispose();
    await recorder.release();
  }
  const left = new Set(floatLayers(config));
  return [...recorder.layers()]
    .filter(([name]) => !left.has(name))
    .map(([name, { scales, shape }]) => ({
      name,
      scales,
      hasRows: String(shape) === String(weights.shapeOf(name)),
    }));
}

function floatLayers(config: ModelConfig): string[] {
  const graphs = graphsOf(config);
  return [...firstLayers(graphs[0]), ...graphs.flatMap((graph) => [...lastLayers(graph)])];
}

/** The branches that never ran while the layers were calibrated, since nothing was found. */
export function idleBranches(config: ModelConfig, layers: readonly CalibratedLayer[]): string[] {
  const { masks, keypoints } = inferenceGraphs(config);
  const calibrated = new Set(layers.map(({ name }) => name));
  return Object.entries({ mask: masks, keypoint: keypoints }).flatMap(([branch, graph]) =>
    graph && !graph.weights.some(({ name }) => calibrated.has(name)) ? [branch] : [],
  );
}

/** The model's weights with batch norms absorbed, so that the weights of layers are those that are computed with. */
export async function absorbedWeights(config: ModelConfig, weights: WeightFile): Promise<WeightFile> {
  let tensors: ReadonlyMap<string, Tensor> = await readTensors(weights, weights.keys());
  for (const graph of graphsOf(config)) tensors = absorbBatchNorm(graph, tensors);
  return memoryWeights(weights.name, tensors as ReadonlyMap<string, Float32Tensor>);
}

function graphsOf(config: ModelConfig): Graph[] {
  const { proposals, boxes, masks, keypoints } = inferenceGraphs(config);
  return [proposals, boxes, masks, keypoints].filter((graph) => graph !== null);
}
