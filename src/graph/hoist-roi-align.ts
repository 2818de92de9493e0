import type { Graph, Node, Value } from './graph.ts';
import { producersOf } from './links.ts';
import type { RoiAlignParameters } from './operations.ts';
import { rewriteGraph } from './rewrite.ts';

/** The RoIs of one map, as names of the graph's inputs. */
export interface HoistedRois {
  readonly features: string;
  readonly boxes: string;
  readonly batchIndex: string;
  readonly parameters: RoiAlignParameters;
}

/** Pooled features that the host computes and feeds to the graph. */
export interface HoistedPool {
  /** Name of the input that receives them: `[R, C, resolution, resolution]`, the RoIs of `rois[0]` first. */
  readonly input: string;
  readonly rois: readonly HoistedRois[];
}

/** A graph without its RoIAlign, and the pools that replace it. */
export interface HoistedGraph {
  readonly graph: Graph;
  readonly pools: readonly HoistedPool[];
}

/**
 * Removes RoIAlign from a graph where it depends only on the graph's inputs, for a host that computes it
 * faster. Each result, or concatenation of several, becomes an input.
 * @param channelMultiple Maps whose channel count is not a multiple of this stay in the graph.
 */
export function hoistRoiAlign(graph: Graph, channelMultiple: number): HoistedGraph {
  const isHoisted = (node: Node | undefined): node is Node<'roiAlign'> =>
    node?.op === 'roiAlign' &&
    node.inputs.every((input) => graph.inputs.includes(input)) &&
    Number(node.inputs[0].shape[1]) % channelMultiple === 0;

  const producers = producersOf(graph);
  const groups = new Map<Node, readonly Node<'roiAlign'>[]>();
  for (const node of graph.nodes) {
    const parts = node.inputs.map((input) => producers.get(input));
    if (isConcatOfRows(node) && parts.every(isHoisted)) groups.set(node, parts);
  }
  const grouped = new Set<Node>([...groups.values()].flat());
  for (const node of graph.nodes) if (isHoisted(node) && !grouped.has(node)) groups.set(node, [node]);

  const pools: HoistedPool[] = [];
  const hoisted = rewriteGraph(graph, (g, node) => {
    const group = groups.get(node);
    if (!group) return null;
    const input = g.input(`pooled_${pools.length}`, node.output.shape);
    pools.push({ input: input.name, rois: group.map(namesOf) });
    return input;
  });
  return { graph: hoisted, pools };
}

/** The same graph with the named outputs, `[N, C, H, W]`, transposed to `[N, H, W, C]`. */
export function channelsLastOutputs(graph: Graph, names: ReadonlySet<string>): Graph {
  return rewriteGraph(
    graph,
    () => null,
    (g, now) => {
      const chosen = [...graph.outputs].filter(([name]) => names.has(name));
      return Object.fromEntries(
        chosen.map(([name, value]): [string, Value] => [name, g.transpose(now(value), [0, 2, 3, 1])]),
      );
    },
  );
}

function isConcatOfRows(node: Node): boolean {
  return node.op === 'concat' && (node as Node<'concat'>).parameters.axis === 0;
}

function namesOf({ inputs, parameters }: Node<'roiAlign'>): HoistedRois {
  const [features, boxes, batchIndex] = inputs.map(({ name }) => name);
  return { features, boxes, batchIndex, parameters };
}
