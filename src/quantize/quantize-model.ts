import type { ModelConfig } from '../config/schema.ts';
import { fromInt8Rows, roundToInt8Rows } from '../core/int8-rows.ts';
import type { Float32Tensor, Tensor } from '../core/tensor.ts';
import { absorbBatchNorm } from '../graph/fold-batch-norm.ts';
import type { Graph } from '../graph/graph.ts';
import { type LayerScales, lastLayers } from '../graph/quantize.ts';
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
  /** What eight bits cost: squared errors of its weight and activations, relative to the squares of their values. */
  readonly noise: number;
  /** Whether the rows of its weight, as it is stored, are its output channels. Those of a transposed convolution are not. */
  readonly hasRows: boolean;
}

/**
 * Finds the steps of every layer's bytes by predicting pictures. The first layer and those that give scores and offsets are
 * left out: they are a small part of the work, and lose most.
 * @param weights As `absorbedWeights` gives them.
 * @returns The layer that loses most first.
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
  const layers: CalibratedLayer[] = [];
  for (const [name, { scales, weight, noise }] of recorder.layers()) {
    if (left.has(name)) continue;
    const hasRows = String(weight.shape) === String(weights.shapeOf(name));
    layers.push({ name, scales, noise: noise + weightNoise(weight), hasRows });
  }
  return layers.sort((a, b) => b.noise - a.noise);
}

function weightNoise({ shape, data }: Float32Tensor): number {
  const rounded = roundToInt8Rows(data, shape[0]);
  const values = fromInt8Rows(rounded.data, rounded.scales);
  let [error, power] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    error += (data[i] - values[i]) ** 2;
    power += data[i] ** 2;
  }
  return power === 0 ? 0 : error / power;
}

function floatLayers(config: ModelConfig): string[] {
  const graphs = graphsOf(config);
  const [{ inputs, nodes }] = graphs;
  const first = nodes.filter(({ op, inputs: [x] }) => op === 'conv' && inputs.includes(x));
  return [...first.map((node) => node.inputs[1].name), ...graphs.flatMap((graph) => [...lastLayers(graph)])];
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
