import { classCount, type ModelConfig } from '../config/schema.ts';
import { ModelWriter } from '../graph/onnx/emission.ts';
import type { Quantization } from '../graph/quantize.ts';
import { backboneStride } from '../model/backbone.ts';
import { type InferenceGraphs, inferenceGraphs } from '../model/inference-graphs.ts';
import { heatMapSide } from '../model/keypoint-head.ts';
import { levelsOf } from '../model/structure.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { classifiedBoxes } from './classified-boxes.ts';
import { detections } from './detections.ts';
import { type OnnxFileOptions, onnxFile, pictureInput } from './file.ts';
import { type GraphPart, type PartOptions, readPart, writePart, writeWeights } from './graph-parts.ts';
import { type Found, instanceOutputs } from './instance-outputs.ts';
import { decodedKeypoints } from './keypoints.ts';
import { rescoredByMasks } from './mask-scores.ts';
import { Operators } from './operators.ts';
import { type PreparedInput, preparedInput } from './prepared-input.ts';
import { proposals } from './proposals.ts';
import { roisByLevel } from './rois.ts';

export interface DetectorOptions extends OnnxFileOptions {
  /** Whether the model also returns masks of the picture's size. */
  readonly paste: boolean;
  /** The layers that compute with eight bits, with weights in float32; null: none. */
  readonly quantization: Quantization | null;
}

/**
 * A whole detector as one ONNX model: from a picture `image` `[height, width, 3]`, uint8 RGB, to its N instances, best
 * first:
 *
 * - `boxes` `[N, 4]` x1, y1, x2, y2 in pixels of the picture
 * - `labels` `[N]` int64, ids of categories
 * - `scores` `[N]`, above the configuration's `box.scoreThreshold`
 * - with a mask branch `masks` `[N, 28, 28]` probabilities over the box, and with `paste` `bitmaps`
 *   `[N, height, width]` uint8, 1 inside
 * - with a keypoint branch `keypoints` `[N, K, 3]` x, y in pixels of the picture, and 1; `keypoint_scores` `[N, K]` logits
 */
export async function detectorModel(
  config: ModelConfig,
  weights: WeightFile,
  { paste, quantization, ...options }: DetectorOptions,
): Promise<Uint8Array> {
  const writer = new ModelWriter(options.opset);
  const parts = await readParts(inferenceGraphs(config), weights, { precision: options.dtype, quantization });
  for (const part of Object.values(parts)) if (part) writeWeights(writer, part, options.dtype);
  const o = new Operators(writer.write);
  const input = preparedInput(o, pictureInput.name, config.preprocess, backboneStride);
  const found = instancesIn(writer, o, { parts, config }, input);
  const outputs = instanceOutputs(o, found, { config, input, paste });
  return onnxFile(writer, { name: 'detector', outputs, config }, options);
}

type Parts = { readonly [Name in keyof InferenceGraphs]: GraphPart | null } & {
  proposals: GraphPart;
  boxes: GraphPart;
};

async function readParts(graphs: InferenceGraphs, weights: WeightFile, options: PartOptions): Promise<Parts> {
  const read = (graph: InferenceGraphs['masks']) => (graph ? readPart(graph, weights, options) : null);
  return {
    proposals: await readPart(graphs.proposals, weights, options),
    boxes: await readPart(graphs.boxes, weights, options),
    masks: await read(graphs.masks),
    keypoints: await read(graphs.keypoints),
  };
}

/** Stages 2 to 8, as in `runPipeline` (predict/pipeline.ts). */
function instancesIn(
  writer: ModelWriter,
  o: Operators,
  { parts, config }: { parts: Parts; config: ModelConfig },
  { tensor, resized, padded }: PreparedInput,
): Found {
  const levels = levelsOf(config);
  const maps = writePart(writer, parts.proposals, { image: tensor });
  const pyramid = Object.fromEntries(levels.roi.map(({ name }) => [name, maps[name]]));
  const proposed = proposals(o, maps, config.rpn, { levels: levels.rpn, resized, padded });

  const output = classifiedBoxes(writer, o, parts.boxes, { boxes: proposed, pyramid, levels });
  const classes = classCount(config);
  let instances = detections(o, output, proposed, { config: config.box, classes, resized });

  let masks: string | null = null;
  if (parts.masks) {
    const own = roisByLevel(o, instances.boxes, levels);
    const inputs = { ...pyramid, ...own.inputs, labels: own.sort(instances.labels) };
    masks = own.restore(writePart(writer, parts.masks, inputs).masks);
    if (config.mask?.rescore) {
      ({ instances, masks } = rescoredByMasks(o, instances, masks, config.box.scoreThreshold));
    }
  }

  if (!parts.keypoints || !config.keypoint) return { instances, masks, keypoints: null };
  const own = roisByLevel(o, instances.boxes, levels);
  const { heatMaps } = writePart(writer, parts.keypoints, { ...pyramid, ...own.inputs });
  const geometry = { joints: config.keypoint.names.length, side: heatMapSide(config.keypoint) };
  return {
    instances,
    masks,
    keypoints: decodedKeypoints(o, own.restore(heatMaps), instances.boxes, geometry),
  };
}
