import { GraphBuilder } from '../builder.ts';
import type { Graph, Node, Value } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import { neededNodes, pruneGraph } from '../prune.ts';
import { backpropagate } from './backpropagate.ts';
import { gradientName } from './names.ts';
import { cotangentInput, lossSeed, variableOf } from './seeds.ts';

export interface VjpOptions {
  /** Names of outputs whose gradients come from outside, as inputs `grad(NAME)` of the backward half. */
  outputs: readonly string[];
  /** Names of outputs that are losses themselves: scalars whose sum is differentiated. Default: none. */
  losses?: readonly string[];
  /**
   * Inputs that are known only after the forward half has run, such as targets. Everything that depends on
   * them, such as losses, is computed in the backward half. Default: none.
   */
  late?: readonly string[];
  /** Names of the weights and inputs to differentiate with respect to. */
  wrt: readonly string[];
}

/** A graph in two halves, between which the host can work. */
export interface Vjp {
  /** Outputs: those of the graph that do not need late inputs, followed by the residuals. */
  forward: Graph;
  /**
   * Inputs: residuals, late inputs, `grad(NAME)` of each differentiated output, and the inputs of the graph
   * that are needed again. Outputs: those that need late inputs, and `grad(NAME)` of each weight and input in
   * `wrt`.
   */
  backward: Graph;
  /**
   * Names under which `forward` outputs residuals and `backward` takes them; some are also outputs of the
   * graph.
   */
  residuals: readonly string[];
}

/**
 * Vector–Jacobian product: splits a graph's differentiation so that the host can work between the halves.
 * Residuals are the intermediate values that the backward half needs and that cannot be recomputed cheaply
 * from inputs, weights or other residuals.
 * @throws GraphError if a name is unknown, a loss is not a scalar, or a gradient does not exist.
 */
export function vjp(graph: Graph, { outputs, losses = [], late = [], wrt }: VjpOptions): Vjp {
  const g = GraphBuilder.from(graph, `${graph.name} backward`);
  const seeds = outputs.map((name) => cotangentInput(g, graph, name));
  seeds.push(...losses.map((name) => lossSeed(g, graph, name)));
  const wanted = wrt.map((name) => variableOf(graph, name));
  const gradients = backpropagate(g, { nodes: graph.nodes, seeds, wrt: wanted });
  const joint = g.build({});

  const { early, delayed } = delay(graph, late);
  const lateOutputs = [...graph.outputs].filter(([, value]) =>
    delayed.some(({ output }) => output === value),
  );
  const backwardOutputs = new Map(lateOutputs);
  for (const [value, gradient] of gradients) backwardOutputs.set(gradientName(value.name), gradient);
  const backward = neededNodes(
    [...delayed, ...joint.nodes.slice(graph.nodes.length)],
    backwardOutputs.values(),
  ).nodes;

  const { measured, rest } = takeShapes(backward, graph);
  const forward = [...early, ...measured];
  const { residuals, recomputed } = chooseResiduals(forward, rest, graph);

  const named = nameResiduals(residuals, graph);
  const forwardOutputs = new Map([...graph.outputs].filter(([name]) => !backwardOutputs.has(name)));
  for (const [value, { name }] of named) forwardOutputs.set(name, value);
  return {
    forward: pruneGraph({ ...graph, nodes: forward, outputs: forwardOutputs }),
    backward: pruneGraph({
      ...joint,
      inputs: [...joint.inputs, ...named.values()],
      nodes: [...recomputed, ...rest].map((node) => ({
        ...node,
        inputs: node.inputs.map((input) => named.get(input) ?? input),
      })),
      outputs: backwardOutputs,
    }),
    residuals: [...named.values()].map(({ name }) => name),
  };
}

/** Splits the nodes into those that can run at once and those that depend on late inputs. */
function delay(graph: Graph, late: readonly string[]): { early: Node[]; delayed: Node[] } {
  const waiting = new Set(late.map((name) => variableOf(graph, name)));
  const early: Node[] = [];
  const delayed: Node[] = [];
  for (const node of graph.nodes) {
    const waits = node.inputs.some((input) => waiting.has(input));
    if (waits) waiting.add(node.output);
    (waits ? delayed : early).push(node);
  }
  return { early, delayed };
}

/** Operations that read only the shape of their input. */
const shapeReaders: ReadonlySet<OperationName> = new Set(['shapeOf', 'extentOf', 'countAlong']);

/**
 * Operations whose result is as cheap to recompute as to keep. Element-wise arithmetic takes a tenth of the
 * time of copying a residual to the host: of batch norm followed by ReLU one map is kept, not two.
 */
const cheap: ReadonlySet<OperationName> = new Set([
  'relu',
  'hardSigmoid',
  'add',
  'sub',
  'mul',
  'affine',
  'channelAffine',
  'reshape',
  'oneHot',
  'constant',
  'gatherRows',
  'shapeOf',
  'extentOf',
]);

/**
 * Separates the nodes that read the shape of a value which the backward half does not need otherwise: a shape
 * is a small residual.
 */
function takeShapes(backward: readonly Node[], graph: Graph): { measured: Node[]; rest: Node[] } {
  const own = new Set<Value>([...graph.inputs, ...backward.map(({ output }) => output)]);
  const read = new Set(backward.flatMap(({ op, inputs }) => (shapeReaders.has(op) ? [] : inputs)));
  const measures = ({ op, inputs }: Node) =>
    shapeReaders.has(op) && !own.has(inputs[0]) && !read.has(inputs[0]);
  return { measured: backward.filter(measures), rest: backward.filter((node) => !measures(node)) };
}

/** Splits the forward values that `backward` reads into those to keep and those to recompute. */
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

/** A residual that is also an output goes by the output's name. */
function nameResiduals(residuals: readonly Value[], graph: Graph): Map<Value, Value> {
  const outputNames = new Map([...graph.outputs].map(([name, value]) => [value, name]));
  return new Map(
    residuals.map((value) => {
      const own = graph.outputs.has(value.name) ? `residual(${value.name})` : value.name;
      return [value, { ...value, name: outputNames.get(value) ?? own }];
    }),
  );
}
