import type { GraphBuilder } from '../builder.ts';
import type { Graph, Value } from '../graph.ts';
import { GraphError } from '../shape-checks.ts';
import type { Seed } from './backpropagate.ts';
import { gradientName } from './names.ts';

/** Adds the input through which the gradient of an output enters a graph; returns it with that output. */
export function cotangentInput(g: GraphBuilder, graph: Graph, name: string): Seed {
  const output = outputOf(graph, name);
  return { output, gradient: g.input(gradientName(name), output.shape, output.dtype) };
}

/** A loss and its gradient with respect to itself, 1. */
export function lossSeed(g: GraphBuilder, graph: Graph, name: string): Seed {
  const output = outputOf(graph, name);
  if (output.shape.length !== 0) throw new GraphError(`${name} should be a scalar to be differentiated`);
  return { output, gradient: g.apply('constant', [], { shape: [], value: 1 }) };
}

/** The weight or input called `name`. */
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
