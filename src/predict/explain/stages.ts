import type { MaskConfig, ModelConfig } from '../../config/schema.ts';
import type { Float32Tensor } from '../../core/tensor.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import type { ExplainedMaskBranch, ExplainedModel } from '../../explanation/model.ts';
import type {
  Candidate,
  ExplainedDetections,
  ExplainedInput,
  FeatureLevel,
  Proposal,
  RpnLevel,
} from '../../explanation/stages.ts';
import type { PreparedPicture } from '../../image/transform.ts';
import type { RpnLevelOutput } from '../../model/proposals.ts';
import { levelAnchors } from '../../model/rpn-anchors.ts';
import { assignRois, type Levels, levelsOf, maskPool, maskSide } from '../../model/structure.ts';
import { boxAt, type Size } from '../../ops/boxes.ts';
import { bestOf, type ScoredBoxes } from '../../ops/scored-boxes.ts';
import type { Pyramid } from '../graph-stages.ts';
import type { StageRecords } from '../pipeline.ts';
import { placeInstances } from '../placed-instances.ts';
import type { Records } from './focus-context.ts';
import { boxList, plainPose, plainRle, roundedGrid, sigmoid } from './plain.ts';

export function describeModel(config: ModelConfig, pyramid: Pyramid): ExplainedModel {
  const { structure, backbone, fpn, box, mask, keypoint, categories } = config;
  const pool = box.head.pool;
  const [, channels] = pyramid[levelsOf(config).roi[0].name].shape;
  return {
    backbone: backbone.name,
    structure: structure === 'fpn' && fpn.maps === 'lastTwo' ? 'lastTwo' : structure,
    channels,
    classes: ['background', ...categories.map(({ name }) => name)],
    boxPool: { ...pool },
    shared: structure === 'c4' ? { side: Math.ceil(pool.resolution / 2), channels: 2 * channels } : null,
    mask: mask && describeMaskBranch({ ...config, mask }),
    keypoints: keypoint ? keypoint.names.length : null,
  };
}

function describeMaskBranch(config: ModelConfig & { mask: MaskConfig }): ExplainedMaskBranch {
  const { head, output, paste, convolutions, fullyConnected } = config.mask;
  const layers = head === 'fcn' ? convolutions : fullyConnected;
  return { pool: { ...maskPool(config) }, side: maskSide(config), head, layers: [...layers], output, paste };
}

export function describeInput(
  { tensor, width, height, scaleX, scaleY }: PreparedPicture,
  { preprocess }: ModelConfig,
): ExplainedInput {
  const [, , paddedHeight, paddedWidth] = tensor.shape;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < 3 * paddedHeight; row++) {
    if (row % paddedHeight >= height) continue;
    for (const value of tensor.data.subarray(row * paddedWidth, row * paddedWidth + width)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return {
    width,
    height,
    paddedWidth,
    paddedHeight,
    scale: [scaleX, scaleY],
    mean: [...preprocess.mean],
    std: [...preprocess.std],
    range: [low, high],
  };
}

export function describeFeatures(pyramid: Pyramid, config: ModelConfig): FeatureLevel[] {
  return levelsOf(config).roi.map(({ name, stride }) => {
    const [, channels, rows, columns] = pyramid[name].shape;
    const strength = roundedGrid(rows, columns, meanMagnitude(pyramid[name]));
    return { level: name, stride, channels, strength };
  });
}

function meanMagnitude({ shape: [, channels, rows, columns], data }: Float32Tensor): Float32Array {
  const pixels = rows * columns;
  const mean = new Float32Array(pixels);
  for (let i = 0; i < data.length; i++) mean[i % pixels] += Math.abs(data[i]) / channels;
  return mean;
}

/** Stages 3 and 4. */
export function describeRpn(
  { input, rpn, proposals }: Pick<StageRecords, 'input' | 'rpn' | 'proposals'>,
  model: ModelConfig,
): Pick<Explanation, 'rpn' | 'proposals'> {
  const { rpn: config } = model;
  const [, , height, width] = input.tensor.shape;
  const maps = levelsOf(model);
  const levels = maps.rpn.map(({ name: level }, index): RpnLevel => {
    const { objectness } = rpn[index];
    const [, , rows, columns] = objectness.shape;
    const { base, stride } = levelAnchors(config.anchors, index, { rows, columns }, { height, width });
    return {
      level,
      stride,
      shapes: boxList(base),
      objectness: roundedGrid(rows, columns, bestObjectness(rpn[index])),
      candidates: proposals.candidates[index].scores.length,
      afterNms: proposals.survivors[index].scores.length,
      selected: proposals.labels.filter((label) => label === index).length,
    };
  });
  const pooled = assignRois(proposals.boxes, maps);
  return {
    rpn: {
      levels,
      anchors: rpn.reduce((sum, { objectness }) => sum + objectness.data.length, 0),
      training: {
        foreground: config.training.fgIouThresh,
        background: config.training.bgIouThresh,
        batch: config.training.batchSizePerImage,
        fraction: config.training.positiveFraction,
      },
    },
    proposals: {
      perLevel: config.preNmsTopN,
      limit: config.postNmsTopN,
      nmsThreshold: config.nmsThreshold,
      beforeNms: proposalList(bestOf(proposals.candidates, Number.POSITIVE_INFINITY), maps),
      selected: proposalList(proposals, maps),
      canonicalSize: maps.canonicalSize ?? null,
      pooledFrom: maps.roi.map(({ name: level }, i) => ({ level, count: pooled[i].length })),
    },
  };
}

/** `[1, A, h, w]` logits → `[h, w]` probabilities of the best shape. */
function bestObjectness({ objectness: { shape, data } }: RpnLevelOutput): Float32Array {
  const pixels = shape[2] * shape[3];
  const best = new Float32Array(pixels).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < data.length; i++) best[i % pixels] = Math.max(best[i % pixels], data[i]);
  return best.map(sigmoid);
}

function proposalList({ boxes, scores, labels }: ScoredBoxes, { rpn }: Levels): Proposal[] {
  return Array.from(scores, (score, i) => ({ box: boxAt(boxes, i), score, level: rpn[labels[i]].name }));
}

function candidateList({ boxes, scores, labels, origins }: ScoredBoxes): Candidate[] {
  return Array.from(scores, (score, i) => ({
    box: boxAt(boxes, i),
    score,
    label: labels[i],
    proposal: origins[i],
  }));
}

/**
 * Stages 7 to 9.
 * @param picture Size of the original.
 */
export function describeDetections(
  records: Records,
  config: ModelConfig,
  picture: Size,
): ExplainedDetections {
  const { input, instances, masks = null, keypoints = null, detections } = records;
  const { scoreThreshold, nmsThreshold, nmsOverlap, detectionsPerImage: limit } = config.box;
  const placed = placeInstances({ input, instances, masks, keypoints }, config, picture);
  return {
    scoreThreshold,
    nmsThreshold,
    nmsOverlap,
    limit,
    candidates: detections.candidates.reduce((sum, { scores }) => sum + scores.length, 0),
    beforeNms: candidateList(bestOf(detections.candidates, Number.POSITIVE_INFINITY)),
    selected: detections.scores.length,
    rescored: config.mask?.rescore ?? false,
    instances: placed.map(({ label, score, classScore, box, mask, pose }, i) => ({
      label,
      score,
      classScore,
      box: boxAt(instances.boxes, i),
      originalBox: box,
      mask: mask && plainRle(mask),
      pose: pose && plainPose(pose),
    })),
  };
}
