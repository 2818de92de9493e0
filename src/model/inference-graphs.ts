import { classCount, type ModelConfig } from '../config/schema.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { boxBranch, maskRoiFeatures } from './branches.ts';
import { keypointLogits } from './keypoint-head.ts';
import { maskProbabilities } from './mask-outputs.ts';
import { roiFeatures } from './roi-features.ts';
import { rpnHead, rpnOutputNames } from './rpn-head.ts';
import { imageInput, levelsOf, mapInputs, trunkMaps } from './structure.ts';

/** The parts of a model that run as graphs. Between them the host selects boxes. */
export interface InferenceGraphs {
  /**
   * Stages 2 and 3: `image` → `p2`…`p5`, `objectness_p2`…`_p6`, `deltas_p2`…`_p6`, or `c4`, `objectness_c4`, … with a
   * single level.
   */
  proposals: Graph;
  /** Stage 6: `p2`…`p5` and RoIs by level → `scores` `[R, classes]`, `deltas` `[R, 4·classes]`. */
  boxes: Graph;
  /**
   * Stage 8: `p2`…`p5`, detected boxes by level and `labels` → `masks` `[D, 28, 28]` in 0…1; null without the branch.
   */
  masks: Graph | null;
  /**
   * Beside the masks: `p2`…`p5` and detected boxes by level → `heatMaps` `[D, K, 56, 56]` logits; null without the
   * branch.
   */
  keypoints: Graph | null;
}

/** Builds the graphs of a model, for one picture at a time. */
export function inferenceGraphs(config: ModelConfig): InferenceGraphs {
  return {
    proposals: proposalGraph(config),
    boxes: boxGraph(config),
    masks: maskGraph(config),
    keypoints: keypointGraph(config),
  };
}

/** The weights that a model of this configuration needs: state_dict name → shape. */
export function expectedWeights(config: ModelConfig): Map<string, readonly number[]> {
  return weightsOf(inferenceGraphs(config));
}

/** The weights that the graphs need: state_dict name → shape. */
export function weightsOf({
  proposals,
  boxes,
  masks,
  keypoints,
}: InferenceGraphs): Map<string, readonly number[]> {
  const weights = [proposals, boxes, masks, keypoints].flatMap((graph) => graph?.weights ?? []);
  return new Map(weights.map(({ name, shape }) => [name, shape as readonly number[]]));
}

function proposalGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('proposals');
  return g.build(trunk(g, imageInput(g, 1), config));
}

/**
 * Stages 2 and 3: backbone, pyramid and RPN head.
 * @param image `[N, 3, H, W]`, H and W multiples of `backboneStride`.
 * @returns The maps that RoIs are pooled from, and `objectness_*` and `deltas_*` of the RPN's levels.
 */
export function trunk(g: GraphBuilder, image: Value, config: ModelConfig): Record<string, Value> {
  const maps = trunkMaps(g, image, config);
  const { roi, rpn } = levelsOf(config);
  const outputs: Record<string, Value> = {};
  for (const { name } of roi) outputs[name] = maps[name];
  for (const { name } of rpn) {
    const { objectness, deltas } = rpnHead(g, maps[name], config.rpn);
    const names = rpnOutputNames(name);
    outputs[names.objectness] = objectness;
    outputs[names.deltas] = deltas;
  }
  return outputs;
}

function boxGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('boxes');
  const { classLogits, boxDeltas } = boxBranch(g, mapInputs(g, config), config);
  return g.build({ scores: g.softmax(classLogits, 1), deltas: boxDeltas });
}

function maskGraph({ mask, ...config }: ModelConfig): Graph | null {
  if (!mask) return null;
  const g = new GraphBuilder('masks');
  const pooled = maskRoiFeatures(g, mapInputs(g, { ...config, mask }), { ...config, mask });
  const labels = g.input('labels', [pooled.shape[0]], 'int64');
  return g.build({ masks: maskProbabilities(g, { pooled, labels }, mask, classCount(config)) });
}

function keypointGraph(config: ModelConfig): Graph | null {
  const { keypoint } = config;
  if (!keypoint) return null;
  const g = new GraphBuilder('keypoints');
  const pooled = roiFeatures(g, mapInputs(g, config), keypoint.pool, { levels: levelsOf(config).roi });
  return g.build({ heatMaps: keypointLogits(g, pooled, keypoint) });
}
