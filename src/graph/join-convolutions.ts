import { joinFloats } from '../core/join-arrays.ts';
import { float32Tensor, type Tensor } from '../core/tensor.ts';
import type { GraphBuilder } from './builder.ts';
import type { Graph, Node, Value } from './graph.ts';
import type { Weights } from './onnx/emit.ts';
import { rewriteGraph } from './rewrite.ts';
import { known } from './shape-checks.ts';

type Conv = Node<'conv'>;

/** With more, taking their maps apart again costs more than reading the common map once saves. */
const mostOutputs = 1 / 2;

/**
 * Computes small convolutions of the same map as one, such as the scores and the boxes of an RPN, so that the map is read
 * once. Those count as small that together have at most half of the map's channels.
 * @param weights Constants of the graph; they are not changed.
 */
export function joinConvolutions(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  const tensors = new Map(weights);
  const sets = setsOf(graph, weights);
  const joined = new Map<readonly Conv[], Value>();
  const rewritten = rewriteGraph(graph, (g, node, now) => {
    const set = sets.get(node);
    if (set === undefined) return null;
    let all = joined.get(set);
    if (all === undefined) {
      all = joinedConvolution(g, now(node.inputs[0]), set, tensors);
      joined.set(set, all);
    }
    const before = set.slice(0, set.indexOf(node as Conv)).reduce((sum, one) => sum + channelsOf(one), 0);
    return g.channels(all, before, before + channelsOf(node));
  });
  return { graph: rewritten, weights: tensors };
}

/** The convolutions to join with each convolution, itself among them. */
function setsOf({ nodes }: Graph, weights: Weights): Map<Node, readonly Conv[]> {
  const sets = new Map<Value, Map<string, Conv[]>>();
  for (const node of nodes.filter((node) => canJoin(node, weights))) {
    const geometry = JSON.stringify([node.parameters, node.inputs[1].shape.slice(2)]);
    const ofMap = sets.get(node.inputs[0]) ?? new Map<string, Conv[]>();
    sets.set(node.inputs[0], ofMap.set(geometry, [...(ofMap.get(geometry) ?? []), node]));
  }
  const all = [...sets.values()].flatMap((ofMap) => [...ofMap.values()]);
  return new Map(all.filter(isWorthJoining).flatMap((set) => set.map((node) => [node, set])));
}

/** Whether a node is a convolution with one group, a bias and constant weights. */
function canJoin(node: Node, weights: Weights): node is Conv {
  if (node.op !== 'conv' || (node as Conv).parameters.groups !== 1) return false;
  const [, ...constants] = node.inputs;
  return constants.length === 2 && constants.every(({ name }) => weights.get(name)?.dtype === 'float32');
}

function isWorthJoining(set: readonly Conv[]): boolean {
  const outputs = set.reduce((sum, node) => sum + channelsOf(node), 0);
  return set.length > 1 && outputs <= mostOutputs * known(set[0].inputs[0].shape[1]);
}

function channelsOf({ output }: Node): number {
  return known(output.shape[1]);
}

/** @param tensors Receives the joined weights, which layers with the same ones share. */
function joinedConvolution(
  g: GraphBuilder,
  x: Value,
  set: readonly Conv[],
  tensors: Map<string, Tensor>,
): Value {
  const [weight, bias] = [1, 2].map((input) => {
    const parts = set.map(({ inputs }) => tensors.get(inputs[input].name) as Tensor);
    const name = set.map(({ inputs }) => inputs[input].name).join(' and ');
    const shape = [parts.reduce((sum, part) => sum + part.shape[0], 0), ...parts[0].shape.slice(1)];
    if (!tensors.has(name))
      tensors.set(name, float32Tensor(shape, joinFloats(parts.map(({ data }) => data as Float32Array))));
    return g.weight(name, shape);
  });
  return g.conv(x, weight, bias, set[0].parameters);
}
