import type { Graph, Node, Value } from './graph.ts';
import { producersOf } from './links.ts';
import { rewriteGraph } from './rewrite.ts';

/**
 * Lets convolutions pad their maps themselves where a `pad` does it for them, as for EfficientNet's uneven padding, so that no
 * padded copy is made.
 */
export function absorbPadding(graph: Graph): Graph {
  const makers = producersOf(graph);
  return rewriteGraph(graph, (g, node, now) => {
    if (node.op !== 'conv') return null;
    const { parameters, inputs } = node as Node<'conv'>;
    const [x, ...weights] = inputs;
    const padding = unevenPadding(makers.get(x));
    if (padding === null || parameters.padding !== 0) return null;
    const { inside, before, more } = padding;
    return g.apply('conv', [inside, ...weights].map(now), { ...parameters, padding: before, more });
  });
}

/** What a node pads with zeros before, and with as many or more after, both the same for rows and columns; null for others. */
function unevenPadding(node: Node | undefined): { inside: Value; before: number; more: number } | null {
  if (node?.op !== 'pad') return null;
  const { before, after } = (node as Node<'pad'>).parameters;
  const [top, left, bottom, right] = [before[2], before[3], after[2], after[3]];
  const isOfPixels = [0, 1].every((axis) => before[axis] === 0 && after[axis] === 0);
  if (!isOfPixels || top !== left || bottom !== right || top < 0 || bottom < top) return null;
  return { inside: node.inputs[0], before: top, more: bottom - top };
}
