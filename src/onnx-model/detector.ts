import { classCount, type ModelConfig } from '../config/schema.ts';
import { symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { ModelWriter } from '../graph/onnx/emission.ts';
import { backboneStride } from '../model/backbone.ts';
import { type InferenceGraphs, inferenceGraphs } from '../model/inference-graphs.ts';
import { heatMapSide } from '../model/keypoint-head.ts';
import { type Levels, levelsOf, maskSide } from '../model/structure.ts';
import type { WeightPrecision } from '../weights/elements/encode.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { boxesInPicture } from './boxes.ts';
import { detections } from './detections.ts';
import { type OnnxFileOptions, onnxFile, pictureInput } from './file.ts';
import { type GraphPart, readPart, writePart, writeWeights } from './graph-parts.ts';
import { decodedKeypoints } from './keypoints.ts';
import { rescoredByMasks } from './mask-scores.ts';
import { Operators } from './operators.ts';
import { pastedMasks } from './paste.ts';
import { type PreparedInput, preparedInput } from './prepared-input.ts';
import { proposals } from './proposals.ts';
import { roisByLevel } from './rois.ts';
import type { Candidates } from './select-boxes.ts';

export interface DetectorOptions extends OnnxFileOptions {
  /** Whether the model also returns masks of the picture's size. */
  readonly paste: boolean;
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
  { paste, ...options }: DetectorOptions,
): Promise<Uint8Array> {
  const writer = new ModelWriter(options.opset);
  const parts = await readParts(inferenceGraphs(config), weights, options.dtype);
  for (const part of Object.values(parts)) if (part) writeWeights(writer, part, options.dtype);
  const o = new Operators(writer.write);
  const input = preparedInput(o, pictureInput.name, config.preprocess, backboneStride);
  const found = instancesIn(writer, o, { parts, config }, input);
  const outputs = outputsOf(o, found, { config, input, paste });
  return onnxFile(writer, { name: 'detector', outputs, config }, options);
}

type Parts = { readonly [Name in keyof InferenceGraphs]: GraphPart | null } & {
  proposals: GraphPart;
  boxes: GraphPart;
};

async function readParts(
  graphs: InferenceGraphs,
  weights: WeightFile,
  precision: WeightPrecision,
): Promise<Parts> {
  const read = (graph: InferenceGraphs['masks']) => (graph ? readPart(graph, weights, precision) : null);
  return {
    proposals: await readPart(graphs.proposals, weights, precision),
    boxes: await readPart(graphs.boxes, weights, precision),
    masks: await read(graphs.masks),
    keypoints: await read(graphs.keypoints),
  };
}

/** The instances in pixels of the resized picture. */
interface Found {
  instances: Candidates;
  masks: string | null;
  keypoints: { points: string; scores: string } | null;
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

/** Stage 6, `classifyBoxes` (predict/graph-stages.ts). */
function classifiedBoxes(
  writer: ModelWriter,
  o: Operators,
  part: GraphPart,
  { boxes, pyramid, levels }: { boxes: string; pyramid: Record<string, string>; levels: Levels },
): { scores: string; deltas: string } {
  const classify = (some: string) => {
    const rois = roisByLevel(o, some, levels);
    const { scores, deltas } = writePart(writer, part, { ...pyramid, ...rois.inputs });
    return [rois.restore(scores), rois.restore(deltas)] as const;
  };
  const names = ['scores', 'deltas'] as const;
  const [scores, deltas] =
    levels.roisAtOnce === undefined
      ? classify(boxes)
      : inBatches(o, boxes, levels.roisAtOnce, {
          results: names.map((name) => (part.graph.outputs.get(name) as Value).shape[1] as number),
          run: classify,
        });
  return { scores, deltas };
}

/**
 * Runs a part of the model on some boxes at a time, which limits memory.
 * @param results Columns of each result.
 */
function inBatches(
  o: Operators,
  boxes: string,
  size: number,
  { results: columns, run }: { results: readonly number[]; run: (some: string) => readonly string[] },
): string[] {
  const count = o.extent(boxes, 0);
  const batches = o.div(o.add(count, o.int(size - 1)), o.int(size));
  const missing = o.sub(o.mul(batches, o.int(size)), count);
  const filled = o.apply('Pad', boxes, o.concat([o.int(0, 0), missing, o.int(0)]));
  const each = o.reshape(filled, [-1, size, 4]);
  const types = columns.map((width) => ({ dtype: 'float32', shape: [size, width] }) as const);
  const body = (batch: string) => ({ states: [], results: run(o.gather(each, batch)) });
  const { results } = o.loop(o.squeeze(batches), [], types, body);
  return results.map((rows, i) => o.slice(o.reshape(rows, [-1, columns[i]]), 0, 0, count));
}

/** Stage 9: everything in pixels of the picture. */
function outputsOf(
  o: Operators,
  { instances, masks, keypoints }: Found,
  { config, input, paste }: { config: ModelConfig; input: PreparedInput; paste: boolean },
): Value[] {
  const count = symbol('instances');
  const outputs: Value[] = [];
  const output = (
    name: string,
    tensor: string,
    { shape, dtype = 'float32' }: Pick<Value, 'shape'> & Partial<Value>,
  ) => {
    o.write.node('Identity', [tensor], name);
    outputs.push({ name, dtype, shape: [count, ...shape] });
  };
  const boxes = boxesInPicture(o, instances.boxes, input);
  const ids = o.int(...config.categories.map(({ id }) => id));
  output('boxes', boxes, { shape: [4] });
  output('labels', o.gather(ids, o.sub(instances.labels, o.index(1))), { shape: [], dtype: 'int64' });
  output('scores', instances.scores, { shape: [] });
  if (masks && config.mask) {
    const side = maskSide({ ...config, mask: config.mask });
    output('masks', masks, { shape: [side, side] });
    if (paste) {
      const bitmaps = pastedMasks(o, { masks, boxes, side }, input.original, config.mask.paste);
      output('bitmaps', bitmaps, { shape: pictureInput.shape.slice(0, 2), dtype: 'uint8' });
    }
  }
  if (keypoints && config.keypoint) {
    const joints = config.keypoint.names.length;
    output('keypoints', posesInPicture(o, keypoints.points, input), { shape: [joints, 3] });
    output('keypoint_scores', keypoints.scores, { shape: [joints] });
  }
  return outputs;
}

/** `[D, K, 2]` in pixels of the resized picture → `[D, K, 3]` x, y in pixels of the picture, and 1. */
function posesInPicture(o: Operators, points: string, { original, resized }: PreparedInput): string {
  const sides = ({ width, height }: PreparedInput['original']) =>
    o.cast(o.concat([width, height]), 'float32');
  const placed = o.div(o.mul(points, sides(original)), sides(resized));
  return o.write.value('Pad', [placed, o.int(0, 0, 0, 0, 0, 1), o.write.number(1)]);
}
