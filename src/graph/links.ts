import type { Graph, Node, Value } from './graph.ts';

/** The node that computes each value. */
export function producersOf({ nodes }: Graph): Map<Value, Node> {
  return new Map(nodes.map((node) => [node.output, node]));
}

/** The nodes that read each value that is not an output of the graph; a node that reads it twice occurs twice. */
export function readersOf({ nodes, outputs }: Graph): Map<Value, Node[]> {
  const readers = new Map<Value, Node[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  for (const shown of outputs.values()) readers.delete(shown);
  return readers;
}
