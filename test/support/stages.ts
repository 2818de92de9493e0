import type { ModelConfig } from '../../src/config/schema.ts';
import type { Picture } from '../../src/image/picture.ts';
import { levelsOf } from '../../src/model/structure.ts';
import { scaleBoxes } from '../../src/ops/boxes.ts';
import { pasters } from '../../src/ops/pasters.ts';
import type { Rle } from '../../src/ops/rle/rle.ts';
import type { Sessions } from '../../src/predict/graph-stages.ts';
import { runPipeline, type StageRecords } from '../../src/predict/pipeline.ts';
import { poseOf } from '../../src/predict/pose.ts';
import type { WeightFile } from '../../src/weights/weight-file.ts';
import { largestDifference } from './largest-difference.ts';

/** The stages of one picture under the names that `test/oracle/stages.py` gives them. */
export type Stages = Map<string, Float32Array>;

/** Runs a picture and collects what every stage made. */
export async function runStages(
  picture: Picture,
  config: ModelConfig,
  sessions: Sessions,
): Promise<{ stages: Stages; masks: Rle[] }> {
  const records: Partial<StageRecords> = {};
  const result = await runPipeline(picture, config, sessions, (stage, record) => {
    records[stage] = record;
  });
  const { input, pyramid, rpn, proposals, boxOutput, detections, masks } = records as StageRecords;
  const stages: Stages = new Map();
  stages.set('resizedSize', Float32Array.of(input.height, input.width));
  stages.set('input', input.tensor.data);
  const levels = levelsOf(config);
  for (const { name } of levels.roi) stages.set(name, pyramid[name].data);
  levels.rpn.forEach(({ name }, i) => {
    stages.set(`objectness.${name}`, rpn[i].objectness.data);
    stages.set(`deltas.${name}`, rpn[i].deltas.data);
  });
  stages.set('proposals', proposals.boxes);
  stages.set('proposals.scores', proposals.scores);
  stages.set('box.probabilities', boxOutput.scores.data);
  stages.set('box.deltas', boxOutput.deltas.data);
  stages.set('detections.boxes', detections.boxes);
  stages.set('detections.scores', detections.scores);
  stages.set('detections.labels', Float32Array.from(detections.labels));
  const boxes = scaleBoxes(detections.boxes, { x: 1 / input.scaleX, y: 1 / input.scaleY });
  stages.set('result.boxes', boxes);
  const { keypoint } = config;
  if (keypoint && result.keypoints) {
    const { keypoints } = result;
    stages.set('keypoint.heatMaps', records.heatMaps!.data);
    stages.set('keypoints.points', keypoints.points);
    stages.set('keypoints.scores', keypoints.scores);
    const places = Array.from(detections.scores, (_, i) =>
      poseOf(keypoints, i, keypoint, input).points.flatMap(({ x, y }) => [x, y]),
    );
    stages.set('result.keypoints', Float32Array.from(places.flat()));
  }
  if (!result.masks) return { stages, masks: [] };
  stages.set('mask.probabilities', masks.data);
  const side = masks.shape[1] * masks.shape[2];
  const paste = pasters[config.mask?.paste ?? 'wholePixels'];
  const pasted = Array.from(detections.scores, (_, i) =>
    paste(masks.data.subarray(i * side, (i + 1) * side), boxes.subarray(4 * i, 4 * i + 4), picture),
  );
  return { stages, masks: pasted };
}

/** Largest difference between a stage and what the oracle stored of it, which may be every n-th value only. */
export async function stageDifference(stages: Stages, oracle: WeightFile, name: string): Promise<number> {
  const ours = stages.get(name);
  if (!ours) throw new Error(`no stage ${name} was recorded`);
  if (name === 'box.probabilities') {
    const logits = await oracle.read('box.logits');
    return largestDifference(ours, softmaxRows(logits.data, logits.shape[1]));
  }
  const sampled = oracle.keys().find((key) => key.startsWith(`${name}.every`));
  const step = sampled ? Number(sampled.slice(`${name}.every`.length)) : 1;
  return largestDifference(ours, (await oracle.read(sampled ?? name)).data, step);
}

/** The pasted masks that the oracle stored, as lists of COCO RLE counts. */
export async function oracleRuns(oracle: WeightFile): Promise<number[][]> {
  if (!oracle.keys().includes('masks.runs')) return [];
  const runs = [...(await oracle.read('masks.runs')).data];
  const lengths = [...(await oracle.read('masks.runCounts')).data];
  return lengths.map((length) => runs.splice(0, length));
}

/** Softmax of each row of `classes` logits. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = row.reduce((a, b) => Math.max(a, b));
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    row.forEach((logit, i) => {
      probabilities[start + i] = Math.exp(logit - largest) / total;
    });
  }
  return probabilities;
}
