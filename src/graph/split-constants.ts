import type { Graph, Node, Value } from './graph.ts';
import { pruneGraph } from './prune.ts';

/**
 * Divides a graph into what constants alone determine, and the rest, for which the results of the former are weights of the
 * same names. Computed once, the results are constants to all that follows.
 * @param isConstant Whether the weight of this name is a constant.
 * @returns `constant` has no inputs, and no outputs where there is nothing to compute.
 */
export function splitConstants(
  graph: Graph,
  isConstant: (weight: string) => boolean,
): { constant: Graph; rest: Graph } {
  const fixed = new Set<Value>(graph.weights.filter(({ name }) => isConstant(name)));
  const shown = new Set(graph.outputs.values());
  const constants: Node[] = [];
  const others: Node[] = [];
  for (const node of graph.nodes) {
    const { inputs, output } = node;
    const isFixed = inputs.length > 0 && inputs.every((input) => fixed.has(input)) && !shown.has(output);
    if (isFixed) fixed.add(output);
    (isFixed ? constants : others).push(node);
  }
  const read = new Set(others.flatMap(({ inputs }) => inputs));
  const results = constants.map(({ output }) => output).filter((value) => read.has(value));
  const outputs = new Map(results.map((value) => [value.name, value]));
  return {
    constant: pruneGraph({ ...graph, nodes: constants, outputs }),
    rest: pruneGraph({ ...graph, weights: [...graph.weights, ...results], nodes: others }),
  };
}
