import type { Graph, Node } from './graph.ts';
import { readersOf } from './links.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * Takes maxima before a ReLU instead of after it, which gives the same map. ONNX Runtime rounds a map to bytes right after a
 * layer in floating point and its ReLU, where the map is four times as large as after the pooling; and a gradient passes
 * through the ReLU on the smaller map. Where all of a window is negative, neither order passes a gradient on.
 */
export function poolFirst(graph: Graph): Graph {
  const readers = readersOf(graph);
  const isPooledAlone = (node: Node) =>
    node.op === 'relu' && (readers.get(node.output)?.every(({ op }) => op === 'maxPool') ?? false);
  const moved = new Set(graph.nodes.filter(isPooledAlone).map(({ output }) => output));
  return rewriteGraph(graph, (g, node, now) => {
    const [x] = node.inputs;
    if (moved.has(node.output)) return now(x);
    return node.op === 'maxPool' && moved.has(x)
      ? g.relu(g.maxPool(now(x), (node as Node<'maxPool'>).parameters))
      : null;
  });
}
