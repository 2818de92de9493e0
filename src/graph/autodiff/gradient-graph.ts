import { GraphBuilder } from '../builder.ts';
import type { Graph, Value } from '../graph.ts';
import { pruneGraph } from '../prune.ts';
import { GraphError } from '../shape-checks.ts';
import { backpropagate } from './backpropagate.ts';
import { gradientName } from './names.ts';

export interface GradientOptions {
  /** Names of the weights and inputs whose gradients are wanted. */
  wrt: readonly string[];
  /** Name of the output that is differentiated: a scalar, shape `[]`. Default `loss`. */
  loss?: string;
  /**
   * Outputs whose gradient is known from elsewhere, such as feature maps on which other graphs depend. Each is
   * an input `grad(NAME)` of the result, and its effect is added.
   */
  cotangents?: readonly string[];
}

/**
 * One graph for a training step's forward and backward pass: all inputs and outputs of `graph`, and the
 * gradients of its loss as further outputs `grad(NAME)`. Nothing passes through the host in between.
 * @throws GraphError where a name is unknown, the loss is no scalar, or a gradient does not exist.
 */
export function gradientGraph(graph: Graph, { wrt, loss = 'loss', cotangents = [] }: GradientOptions): Graph {
  const lossValue = outputOf(graph, loss);
  if (lossValue.shape.length !== 0) throw new GraphError(`${loss} should be a scalar to be differentiated`);
  const g = GraphBuilder.from(graph, `${graph.name} with gradients`);
  const seeds = new Map([[lossValue, g.apply('constant', [], { shape: [], value: 1 })]]);
  for (const name of cotangents) addSeed(seeds, cotangentInput(g, graph, name));

  const wanted = wrt.map((name) => variableOf(graph, name));
  const gradients = backpropagate(g, { nodes: graph.nodes, seeds, wrt: wanted });
  const outputs = Object.fromEntries(graph.outputs);
  for (const [value, gradient] of gradients) outputs[gradientName(value.name)] = gradient;
  return pruneGraph(g.build(outputs));

  function addSeed(known: Map<Value, Value>, [output, seed]: [Value, Value]): void {
    const other = known.get(output);
    known.set(output, other ? g.add(other, seed) : seed);
  }
}

/** The input through which the gradient of an output comes into a graph, and that output. */
export function cotangentInput(g: GraphBuilder, graph: Graph, name: string): [output: Value, seed: Value] {
  const output = outputOf(graph, name);
  return [output, g.input(gradientName(name), output.shape, output.dtype)];
}

/** The weight or input of a name. */
export function variableOf(graph: Graph, name: string): Value {
  const value = [...graph.weights, ...graph.inputs].find((candidate) => candidate.name === name);
  if (!value) throw new GraphError(`${graph.name} has no weight and no input ${name}`);
  return value;
}

function outputOf(graph: Graph, name: string): Value {
  const value = graph.outputs.get(name);
  if (!value) throw new GraphError(`${graph.name} has no output ${name}`);
  return value;
}
