import type { MaskConfig, ModelConfig } from '../../config/schema.ts';
import type { Float32Tensor } from '../../core/tensor.ts';
import type { ExplainedMaskBranch, ExplainedModel } from '../../explanation/model.ts';
import type {
  ExplainedInput,
  ExplainedProposals,
  FeatureLevel,
  Proposal,
  RpnLevel,
} from '../../explanation/stages.ts';
import type { PreparedPicture } from '../../image/transform.ts';
import { type RpnLevelOutput, selectProposals } from '../../model/proposals.ts';
import { assignRois, type Levels, levelsOf, maskPool, maskSide } from '../../model/structure.ts';
import { anchorGrid, baseAnchors } from '../../ops/anchors.ts';
import type { ScoredBoxes } from '../../ops/scored-boxes.ts';
import type { Pyramid, StageRecords } from '../pipeline.ts';
import { boxAt, boxList, roundedGrid, sigmoid } from './plain.ts';

/** No pair of boxes overlaps by more than this. */
const neverSuppress = 2;

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
    joints: keypoint ? keypoint.names.length : null,
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
): { rpn: { levels: RpnLevel[]; anchors: number }; proposals: ExplainedProposals } {
  const { rpn: config } = model;
  const [, , height, width] = input.tensor.shape;
  const sizes = { picture: input, padded: { height, width } };
  // The model's own choice without NMS, and without the limit on the whole.
  const everything = { ...config, postNmsTopN: Number.POSITIVE_INFINITY };
  const candidates = selectProposals(rpn, { ...everything, nmsThreshold: neverSuppress }, sizes);
  const survivors = selectProposals(rpn, everything, sizes);
  const maps = levelsOf(model);
  const { sizes: lengths, aspectRatios, placement } = config.anchors;
  const levels = maps.rpn.map(({ name: level }, index): RpnLevel => {
    const { objectness } = rpn[index];
    const [, , rows, columns] = objectness.shape;
    const shapes = baseAnchors(lengths[index], aspectRatios[index], placement);
    return {
      level,
      stride: anchorGrid(shapes, { rows, columns }, sizes.padded, placement).stride,
      shapes: boxList(shapes),
      objectness: roundedGrid(rows, columns, bestObjectness(rpn[index])),
      candidates: countLabel(candidates, index),
      afterNms: countLabel(survivors, index),
      selected: countLabel(proposals, index),
    };
  });
  const pooled = assignRois(proposals.boxes, maps);
  return {
    rpn: { levels, anchors: rpn.reduce((sum, { objectness }) => sum + objectness.data.length, 0) },
    proposals: {
      perLevel: config.preNmsTopN,
      limit: config.postNmsTopN,
      nmsThreshold: config.nmsThreshold,
      beforeNms: proposalList(candidates, maps),
      selected: proposalList(proposals, maps),
      canonicalSize: maps.canonicalSize ?? null,
      pooledFrom: maps.roi.map(({ name: level }, i) => ({ level, count: pooled[i].length })),
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

function proposalList({ boxes, scores, labels }: ScoredBoxes, { rpn }: Levels): Proposal[] {
  return Array.from(scores, (score, i) => ({ box: boxAt(boxes, i), score, level: rpn[labels[i]].name }));
}
