import { classCount, type ModelConfig } from '../config/schema.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { symbol } from '../graph/dim.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { backbone } from './backbone.ts';
import { boxHead } from './box-head.ts';
import { fpn, fpnStrides, roiLevels, rpnLevels } from './fpn.ts';
import { maskFeatures, maskLogitsOfClass } from './mask-head.ts';
import { roiFeatures } from './roi-features.ts';
import { rpnHead } from './rpn-head.ts';

/** Height and width of the network's input are multiples of this: the stride of C5. */
export const sizeDivisor = 32;

/** The parts of a model that run as graphs; between them the host chooses boxes. */
export interface InferenceGraphs {
  /** Stages 2 and 3: `image` → `p2`…`p5`, `objectness_p2`…`_p6`, `deltas_p2`…`_p6`. */
  proposals: Graph;
  /** Stage 6: `p2`…`p5` and RoIs by level → `scores` `[R, classes]`, `deltas` `[R, 4·classes]`. */
  boxes: Graph;
  /** Stage 8: `p2`…`p5`, detected boxes by level and `labels` → `masks` `[D, 28, 28]` in 0…1; null without the branch. */
  masks: Graph | null;
}

/** Builds the graphs of a model for one picture at a time. */
export function inferenceGraphs(config: ModelConfig): InferenceGraphs {
  return { proposals: proposalGraph(config), boxes: boxGraph(config), masks: maskGraph(config) };
}

/** The weights that a model of this configuration needs: state_dict name → shape. */
export function expectedWeights(config: ModelConfig): Map<string, readonly number[]> {
  const { proposals, boxes, masks } = inferenceGraphs(config);
  const graphs = masks ? [proposals, boxes, masks] : [proposals, boxes];
  const weights = graphs.flatMap((graph) => graph.weights);
  return new Map(weights.map(({ name, shape }) => [name, shape as readonly number[]]));
}

function proposalGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('proposals');
  const image = g.input('image', [1, 3, symbol('h', sizeDivisor), symbol('w', sizeDivisor)]);
  return g.build(trunk(g, image, config));
}

/**
 * Stages 2 and 3: backbone, pyramid and RPN head.
 * @param image `[N, 3, H, W]`, H and W multiples of {@link sizeDivisor}.
 * @returns `p2`…`p5`, `objectness_p2`…`_p6`, `deltas_p2`…`_p6`.
 */
export function trunk(g: GraphBuilder, image: Value, config: ModelConfig): Record<string, Value> {
  const levels = fpn(g, backbone(g, image, config.backbone), config.fpn, 'backbone.fpn');
  const outputs: Record<string, Value> = {};
  for (const level of roiLevels) outputs[level] = levels[level];
  for (const level of rpnLevels) {
    const { objectness, deltas } = rpnHead(g, levels[level], config.rpn);
    outputs[`objectness_${level}`] = objectness;
    outputs[`deltas_${level}`] = deltas;
  }
  return outputs;
}

function boxGraph(config: ModelConfig): Graph {
  const g = new GraphBuilder('boxes');
  const features = roiFeatures(g, pyramidInputs(g, config), config.box.head.pool);
  const { classLogits, boxDeltas } = boxHead(g, features, config.box.head, classCount(config));
  return g.build({ scores: g.softmax(classLogits, 1), deltas: boxDeltas });
}

function maskGraph({ mask, ...config }: ModelConfig): Graph | null {
  if (!mask) return null;
  const g = new GraphBuilder('masks');
  const features = maskFeatures(g, roiFeatures(g, pyramidInputs(g, config), mask.pool), mask);
  const labels = g.input('labels', [features.shape[0]], 'int64');
  const logits = maskLogitsOfClass(g, features, labels, classCount(config));
  return g.build({ masks: g.sigmoid(logits) });
}

/** The maps that the proposal graph left on the host. */
export function pyramidInputs(g: GraphBuilder, { fpn }: Pick<ModelConfig, 'fpn'>) {
  const input = (level: (typeof roiLevels)[number]) => {
    const factor = sizeDivisor / fpnStrides[level];
    return g.input(level, [1, fpn.channels, symbol('h', factor), symbol('w', factor)]);
  };
  return { p2: input('p2'), p3: input('p3'), p4: input('p4'), p5: input('p5') };
}
