import type { GraphBuilder } from './builder.ts';
import type { Graph, Node, Value } from './graph.ts';
import { producersOf, readersOf } from './links.ts';
import { rewriteGraph } from './rewrite.ts';
import { known } from './shape-checks.ts';

/**
 * Folds each batch norm with constant statistics into the weight of the preceding convolution inside the
 * graph: the weight times γ/√(σ² + ε), computed at each run. The convolution stays trainable through the
 * product rule, and a pass over the feature map is saved both forward and backward. (For inference
 * `foldBatchNorm` does the same to the weights themselves.)
 */
export function scaleWeightsByBatchNorm(graph: Graph): Graph {
  const convolutions = foldableConvolutions(graph);
  return rewriteGraph(graph, (g, node, now) => {
    const conv = isBatchNorm(node) && convolutions.get(node);
    if (!conv) return null;
    const [x, weight, bias] = conv.inputs.map(now);
    const [, gamma, beta, mean, variance] = node.inputs.map(now);
    const scale = g.mul(gamma, inverseDeviation(g, variance, node.parameters.eps));
    const offset = bias ? g.sub(bias, mean) : g.affine(mean, -1);
    const scaled = g.mul(weight, g.reshape(scale, [known(weight.shape[0]), 1, 1, 1]));
    return g.apply('conv', [x, scaled, g.add(beta, g.mul(offset, scale))], conv.parameters);
  });
}

/** The output of {@link useBatchStatistics} for the running mean or variance of this name. */
export function batchStatisticName(running: string): string {
  return `batch(${running})`;
}

/** The inverse of {@link batchStatisticName}; undefined for another output. */
export function runningStatisticOf(output: string): string | undefined {
  return /^batch\((.+)\)$/.exec(output)?.[1];
}

/**
 * Makes batch norms normalise by the mean and variance of the batch itself (Ioffe & Szegedy 2015, Algorithm
 * 1), as in training. Each layer's statistics become extra outputs, named by {@link batchStatisticName}:
 * `[C]`, the variance unbiased, from which the host updates the running statistics (torch `BatchNorm2d`).
 * @param trains Selects batch norms by the name of their running mean. Default: all.
 */
export function useBatchStatistics(
  graph: Graph,
  trains: (runningMean: string) => boolean = () => true,
): Graph {
  const statistics: Record<string, Value> = {};
  return rewriteGraph(
    graph,
    (g, node, now) => {
      if (!isBatchNorm(node) || !trains(node.inputs[3].name)) return null;
      const [x, gamma, beta, runningMean, runningVariance] = node.inputs.map(now);
      const [mean, variance] = g.rows(g.apply('channelStatistics', [x], {}));
      const scale = g.mul(gamma, inverseDeviation(g, variance, node.parameters.eps));

      const pixels = pixelsOf(g, x);
      const unbiased = g.mul(variance, g.mul(pixels, g.power(atLeastOne(g, g.affine(pixels, 1, -1)), -1)));
      statistics[batchStatisticName(runningMean.name)] = mean;
      statistics[batchStatisticName(runningVariance.name)] = unbiased;
      return g.apply('channelAffine', [x, scale, g.sub(beta, g.mul(mean, scale))], {});
    },
    () => statistics,
  );
}

/** Pixels per channel of all pictures together, `[1]`; 1 without any, so that means are 0 instead of NaN. */
export function pixelsOf(g: GraphBuilder, x: Value): Value {
  return atLeastOne(g, g.reshape(g.apply('countAlong', [x], { axes: [0, 2, 3] }), [1]));
}

function atLeastOne(g: GraphBuilder, count: Value): Value {
  return g.clamp(count, 1, Infinity);
}

/** 1 / √(variance + eps) */
export function inverseDeviation(g: GraphBuilder, variance: Value, eps: number): Value {
  return g.power(eps === 0 ? variance : g.affine(variance, 1, eps), -0.5);
}

export function isBatchNorm(node: Node): node is Node<'batchNorm'> {
  return node.op === 'batchNorm';
}

/** The convolution before each batch norm, where nothing else reads it: the two can be computed as one. */
export function foldableConvolutions(graph: Graph): Map<Node<'batchNorm'>, Node<'conv'>> {
  const producers = producersOf(graph);
  const readers = readersOf(graph);
  const found = new Map<Node<'batchNorm'>, Node<'conv'>>();
  for (const norm of graph.nodes.filter(isBatchNorm)) {
    const conv = producers.get(norm.inputs[0]);
    if (conv?.op === 'conv' && readers.get(conv.output)?.length === 1) found.set(norm, conv as Node<'conv'>);
  }
  return found;
}
