import { GraphBuilder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { pruneGraph } from '../prune.ts';
import { backpropagate } from './backpropagate.ts';
import { gradientName } from './names.ts';
import { cotangentInput, lossSeed, variableOf } from './seeds.ts';

export interface GradientOptions {
  /** Names of the weights and inputs to differentiate with respect to. */
  wrt: readonly string[];
  /** Names of the outputs whose sum is differentiated: scalars, shape `[]`. Default: only `loss`. */
  losses?: readonly string[];
  /**
   * Outputs whose gradient comes from outside, such as feature maps that other graphs consume. Each adds an
   * input `grad(NAME)` to the result, and its contribution is added. Default: none.
   */
  outputs?: readonly string[];
}

/**
 * One graph for the forward and backward pass of a training step: all inputs and outputs of `graph`, plus the
 * gradients of its losses as outputs `grad(NAME)`. Nothing passes through the host in between.
 * @throws GraphError if a name is unknown, a loss is not a scalar, or a gradient does not exist.
 */
export function gradientGraph(
  graph: Graph,
  { wrt, losses = ['loss'], outputs = [] }: GradientOptions,
): Graph {
  const g = GraphBuilder.from(graph, `${graph.name} with gradients`);
  const seeds = [
    ...losses.map((name) => lossSeed(g, graph, name)),
    ...outputs.map((name) => cotangentInput(g, graph, name)),
  ];
  const wanted = wrt.map((name) => variableOf(graph, name));
  const gradients = backpropagate(g, { nodes: graph.nodes, seeds, wrt: wanted });
  const named = [...gradients].map(([value, gradient]) => [gradientName(value.name), gradient]);
  return pruneGraph(g.build({ ...Object.fromEntries(graph.outputs), ...Object.fromEntries(named) }));
}
