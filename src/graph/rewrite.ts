import { GraphBuilder } from './builder.ts';
import type { Graph, Node, Value } from './graph.ts';
import { pruneGraph } from './prune.ts';

/**
 * Returns the replacement for a node's output, or null to keep the node. `now` maps an old value to its new
 * one.
 */
type Replace = (g: GraphBuilder, node: Node, now: (old: Value) => Value) => Value | null;

/** Rebuilds a graph with some nodes replaced, and prunes what is no longer needed. */
export function rewriteGraph(
  graph: Graph,
  replace: Replace,
  furtherOutputs: (g: GraphBuilder, now: (old: Value) => Value) => Record<string, Value> = () => ({}),
): Graph {
  const g = GraphBuilder.from({ ...graph, nodes: [] });
  const changed = new Map<Value, Value>();
  const now = (old: Value) => changed.get(old) ?? old;
  for (const node of graph.nodes) {
    changed.set(
      node.output,
      replace(g, node, now) ?? g.apply(node.op, node.inputs.map(now), node.parameters),
    );
  }
  const outputs = [...graph.outputs].map(([name, value]): [string, Value] => [name, now(value)]);
  return pruneGraph(g.build({ ...Object.fromEntries(outputs), ...furtherOutputs(g, now) }));
}
