import type { ModelConfig } from '../../config/schema.ts';
import type {
  ExplainedInput,
  ExplainedModel,
  ExplainedProposals,
  FeatureLevel,
  Proposal,
  RpnLevel,
} from '../../core/explanation.ts';
import type { Float32Tensor } from '../../core/tensor.ts';
import type { PreparedPicture } from '../../image/transform.ts';
import { fpnStrides, roiLevels, rpnLevels } from '../../model/fpn.ts';
import { type RpnLevelOutput, selectProposals } from '../../model/proposals.ts';
import { assignRois, levelsOf } from '../../model/structure.ts';
import { anchorGrid, baseAnchors } from '../../ops/anchors.ts';
import type { ScoredBoxes } from '../../ops/scored-boxes.ts';
import type { Pyramid, StageRecords } from '../pipeline.ts';
import { boxAt, boxList, roundedGrid, sigmoid } from './plain.ts';

/** No pair of boxes overlaps by more than this. */
const neverSuppress = 2;

export function describeModel({ backbone, fpn, box, mask, categories }: ModelConfig): ExplainedModel {
  return {
    backbone: backbone.name,
    channels: fpn.channels,
    classes: ['background', ...categories.map(({ name }) => name)],
    boxResolution: box.head.pool.resolution,
    maskResolution: mask ? mask.pool.resolution : null,
    maskSide: mask ? 2 * mask.pool.resolution : null,
  };
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

export function describeFeatures(pyramid: Pyramid): FeatureLevel[] {
  return roiLevels.map((level) => {
    const [, channels, rows, columns] = pyramid[level].shape;
    const strength = roundedGrid(rows, columns, meanMagnitude(pyramid[level]));
    return { level, stride: fpnStrides[level], channels, strength };
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
): { rpn: { levels: RpnLevel[]; anchors: number }; proposals: ExplainedProposals } {
  const { rpn: config } = model;
  const [, , height, width] = input.tensor.shape;
  const sizes = { picture: input, padded: { height, width } };
  // The model's own choice without NMS, and without the limit on the whole.
  const everything = { ...config, postNmsTopN: Number.POSITIVE_INFINITY };
  const candidates = selectProposals(rpn, { ...everything, nmsThreshold: neverSuppress }, sizes);
  const survivors = selectProposals(rpn, everything, sizes);
  const levels = rpnLevels.map((level, index): RpnLevel => {
    const { objectness } = rpn[index];
    const [, , rows, columns] = objectness.shape;
    const shapes = baseAnchors(config.anchors.sizes[index], config.anchors.aspectRatios[index]);
    return {
      level,
      stride: anchorGrid(shapes, { rows, columns }, sizes.padded).stride,
      shapes: boxList(shapes),
      objectness: roundedGrid(rows, columns, bestObjectness(rpn[index])),
      candidates: countLabel(candidates, index),
      afterNms: countLabel(survivors, index),
      selected: countLabel(proposals, index),
    };
  });
  const pooled = assignRois(proposals.boxes, levelsOf(model));
  return {
    rpn: { levels, anchors: rpn.reduce((sum, { objectness }) => sum + objectness.data.length, 0) },
    proposals: {
      perLevel: config.preNmsTopN,
      limit: config.postNmsTopN,
      nmsThreshold: config.nmsThreshold,
      beforeNms: proposalList(candidates),
      selected: proposalList(proposals),
      canonicalSize: model.fpn.canonicalSize,
      pooledFrom: roiLevels.map((level, i) => ({ level, count: pooled[i].length })),
    },
  };
}

/** `[1, A, h, w]` logits → `[h, w]`, the best shape's probability. */
function bestObjectness({ objectness: { shape, data } }: RpnLevelOutput): Float32Array {
  const pixels = shape[2] * shape[3];
  const best = new Float32Array(pixels).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < data.length; i++) best[i % pixels] = Math.max(best[i % pixels], data[i]);
  return best.map(sigmoid);
}

function countLabel({ labels }: ScoredBoxes, label: number): number {
  return labels.reduce((count, own) => (own === label ? count + 1 : count), 0);
}

function proposalList({ boxes, scores, labels }: ScoredBoxes): Proposal[] {
  return Array.from(scores, (score, i) => ({ box: boxAt(boxes, i), score, level: rpnLevels[labels[i]] }));
}
