import type { Graph, Node, Value } from './graph.ts';

/** The same graph without the nodes, weights and inputs on which no output depends. */
export function pruneGraph(graph: Graph): Graph {
  const { nodes, used } = neededNodes(graph.nodes, graph.outputs.values());
  return {
    ...graph,
    inputs: graph.inputs.filter((input) => used.has(input)),
    weights: graph.weights.filter((weight) => used.has(weight)),
    nodes,
  };
}

/** The nodes on which `results` depend, in order, and all values that they read or produce. */
export function neededNodes(
  nodes: readonly Node[],
  results: Iterable<Value>,
): { nodes: Node[]; used: Set<Value> } {
  const used = new Set(results);
  const needed = nodes.toReversed().filter(({ inputs, output }) => {
    if (!used.has(output)) return false;
    for (const input of inputs) used.add(input);
    return true;
  });
  return { nodes: needed.reverse(), used };
}
