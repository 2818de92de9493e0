import { GraphBuilder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { pruneGraph } from '../prune.ts';
import { backpropagate } from './backpropagate.ts';
import { gradientName } from './names.ts';
import { cotangentInput, lossSeed, variableOf } from './seeds.ts';

export interface GradientOptions {
  /** Names of the weights and inputs whose gradients are wanted. */
  wrt: readonly string[];
  /** Names of the outputs whose sum is differentiated: scalars, shape `[]`. Default `loss` alone. */
  losses?: readonly string[];
  /**
   * Outputs whose gradient is known from elsewhere, such as feature maps on which other graphs depend. Each is
   * an input `grad(NAME)` of the result, and its effect is added. Default none.
   */
  outputs?: readonly string[];
}

/**
 * One graph for a training step's forward and backward pass: all inputs and outputs of `graph`, and the
 * gradients of its losses as further outputs `grad(NAME)`. Nothing passes through the host in between.
 * @throws GraphError where a name is unknown, a loss is no scalar, or a gradient does not exist.
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
