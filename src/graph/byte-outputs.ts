import type { ByteScale } from '../core/byte-scale.ts';
import type { Graph, Node, Value } from './graph.ts';
import { producersOf } from './links.ts';
import { rewriteGraph } from './rewrite.ts';

/** A graph of which some outputs are bytes, and their scales by the outputs' names. */
export interface GraphWithBytes {
  readonly graph: Graph;
  readonly scales: ReadonlyMap<string, ByteScale>;
}

/** The graph with those of the named outputs in bytes that are transpositions of `fromBytes`: a quarter of the memory. */
export function byteOutputs(graph: Graph, names: ReadonlySet<string>): GraphWithBytes {
  const producers = producersOf(graph);
  const found = [...graph.outputs].flatMap(([name, value]) => {
    const transpose = producers.get(value);
    if (!names.has(name) || transpose?.op !== 'transpose') return [];
    const source = producers.get(transpose.inputs[0]);
    if (source?.op !== 'fromBytes') return [];
    return [{ name, transpose, source: source as Node<'fromBytes'> }];
  });
  if (found.length === 0) return { graph, scales: new Map() };
  const rewritten = rewriteGraph(
    graph,
    () => null,
    (g, now) =>
      Object.fromEntries(
        found.map(({ name, transpose, source }): [string, Value] => [
          name,
          g.apply('transpose', [now(source.inputs[0])], (transpose as Node<'transpose'>).parameters),
        ]),
      ),
  );
  return { graph: rewritten, scales: new Map(found.map(({ name, source }) => [name, source.parameters])) };
}
