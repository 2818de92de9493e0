import { GraphBuilder } from '../builder.ts';
import type { Graph, Node, Value } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import { neededNodes, pruneGraph } from '../prune.ts';
import { backpropagate } from './backpropagate.ts';
import { cotangentInput, variableOf } from './gradient-graph.ts';
import { gradientName } from './names.ts';

export interface VjpOptions {
  /** Names of the outputs that the loss depends on. */
  outputs: readonly string[];
  /** Names of the weights and inputs whose gradients are wanted. */
  wrt: readonly string[];
}

/** A graph in two halves, between which the host works. */
export interface Vjp {
  /** The outputs of the graph and, as further outputs, the residuals. */
  forward: Graph;
  /**
   * Inputs: residuals, `grad(NAME)` of each differentiated output, and those inputs of the graph that are needed
   * again. Outputs: `grad(NAME)` of each weight and input that was asked for.
   */
  backward: Graph;
  /** Names under which `forward` gives residuals and `backward` takes them; some are outputs of the graph as well. */
  residuals: readonly string[];
}

/**
 * Vector–Jacobian product: splits a graph's differentiation so that the loss may be computed between the halves.
 * Residuals are the intermediate values that the gradient needs and that cannot be had again from inputs, weights
 * or other residuals without noticeable work.
 * @throws GraphError where a name is unknown or a gradient does not exist.
 */
export function vjp(graph: Graph, { outputs, wrt }: VjpOptions): Vjp {
  const g = GraphBuilder.from(graph, `${graph.name} backward`);
  const seeds = new Map(outputs.map((name) => cotangentInput(g, graph, name)));
  const wanted = wrt.map((name) => variableOf(graph, name));
  const gradients = backpropagate(g, { nodes: graph.nodes, seeds, wrt: wanted });
  const joint = g.build({});
  const backward = neededNodes(joint.nodes.slice(graph.nodes.length), gradients.values()).nodes;

  const { measured, rest } = takeShapes(backward, graph);
  const forward = [...graph.nodes, ...measured];
  const { residuals, recomputed } = chooseResiduals(forward, rest, graph);

  const named = nameResiduals(residuals, graph);
  const forwardOutputs = new Map(graph.outputs);
  for (const [value, { name }] of named) forwardOutputs.set(name, value);
  const backwardOutputs = [...gradients].map(([value, gradient]): [string, Value] => [
    gradientName(value.name),
    gradient,
  ]);
  return {
    forward: pruneGraph({ ...graph, nodes: forward, outputs: forwardOutputs }),
    backward: pruneGraph({
      ...joint,
      inputs: [...joint.inputs, ...named.values()],
      nodes: [...recomputed, ...rest].map((node) => ({
        ...node,
        inputs: node.inputs.map((input) => named.get(input) ?? input),
      })),
      outputs: new Map(backwardOutputs),
    }),
    residuals: [...named.values()].map(({ name }) => name),
  };
}

/** Operations that read nothing but the shape of their input. */
const shapeReaders: ReadonlySet<OperationName> = new Set(['shapeOf', 'extentOf', 'countAlong']);

/** Operations whose result is as quickly made as kept. */
const cheap: ReadonlySet<OperationName> = new Set([
  'reshape',
  'oneHot',
  'constant',
  'gatherRows',
  'shapeOf',
  'extentOf',
]);

/** Takes out the nodes that measure a value which the backward half has no other use for: a shape is a small residual. */
function takeShapes(backward: readonly Node[], graph: Graph): { measured: Node[]; rest: Node[] } {
  const own = new Set<Value>([...graph.inputs, ...backward.map(({ output }) => output)]);
  const read = new Set(backward.flatMap(({ op, inputs }) => (shapeReaders.has(op) ? [] : inputs)));
  const measures = ({ op, inputs }: Node) =>
    shapeReaders.has(op) && !own.has(inputs[0]) && !read.has(inputs[0]);
  return { measured: backward.filter(measures), rest: backward.filter((node) => !measures(node)) };
}

/** Parts the forward values that `backward` reads into those to keep and those to compute once more. */
function chooseResiduals(
  forward: readonly Node[],
  backward: readonly Node[],
  graph: Graph,
): { residuals: Value[]; recomputed: Node[] } {
  const made = new Set(forward.map(({ output }) => output));
  const { used } = neededNodes(
    backward,
    backward.map(({ output }) => output),
  );
  const frontier = new Set([...used].filter((value) => made.has(value)));

  const ofWeights = new Set<Value>(graph.weights);
  const available = new Set<Value>([...graph.inputs, ...graph.weights, ...frontier]);
  const again = new Map<Value, Node>();
  for (const node of forward) {
    const constant = node.inputs.every((input) => ofWeights.has(input));
    if (constant) ofWeights.add(node.output);
    if ((constant || cheap.has(node.op)) && node.inputs.every((input) => available.has(input))) {
      available.add(node.output);
      again.set(node.output, node);
    }
  }
  const wanted = [...frontier].filter((value) => again.has(value));
  return {
    residuals: [...frontier].filter((value) => !again.has(value)),
    recomputed: neededNodes([...again.values()], wanted).nodes,
  };
}

/** A residual that is an output anyway goes by the output's name. */
function nameResiduals(residuals: readonly Value[], graph: Graph): Map<Value, Value> {
  const outputNames = new Map([...graph.outputs].map(([name, value]) => [value, name]));
  return new Map(
    residuals.map((value) => {
      const own = graph.outputs.has(value.name) ? `residual(${value.name})` : value.name;
      return [value, { ...value, name: outputNames.get(value) ?? own }];
    }),
  );
}
