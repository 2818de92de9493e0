import { GraphBuilder } from './builder.ts';
import type { Graph, Node, Value } from './graph.ts';
import { pruneGraph } from './prune.ts';

/** Gives the value that replaces a node's output, or null to keep the node. `now` tells what became of a value. */
type Replace = (g: GraphBuilder, node: Node, now: (old: Value) => Value) => Value | null;

/** Builds a graph anew with some nodes replaced; what nothing needs any more is gone. */
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
