import { printShape, sameShape } from './dim.ts';
import type { Graph, Node, Value } from './graph.ts';
import type { OperationName } from './operations.ts';
import { printGraph } from './print.ts';
import { GraphError } from './shape-checks.ts';
import { shapeRules } from './shape-rules.ts';

/**
 * Checks that a graph can be evaluated: names are unique, every operand is defined before it is used, every
 * shape is the one that the operation's rule gives, and every output exists.
 * @throws GraphError that names the first invalid value and prints its node with those that it uses.
 */
export function verifyGraph(graph: Graph): void {
  const known = new Set<Value>();
  const names = new Set<string>();
  const define = (value: Value) => {
    if (names.has(value.name)) throw new GraphError(`${graph.name}: two values are named ${value.name}`);
    names.add(value.name);
    known.add(value);
  };

  for (const value of [...graph.inputs, ...graph.weights]) define(value);
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (!known.has(input)) {
        const message = `${graph.name}: ${node.output.name} uses ${input.name} before it is known`;
        throw new GraphError(`${message}\n${printGraph(around(node, graph))}`);
      }
    }
    const wrong = typeError(node);
    if (wrong) throw new GraphError(`${graph.name}: ${wrong}\n${printGraph(around(node, graph))}`);
    define(node.output);
  }
  for (const [name, value] of graph.outputs) {
    if (!known.has(value)) throw new GraphError(`${graph.name}: output ${name} is not a value of the graph`);
  }
}

function typeError<Op extends OperationName>({ op, inputs, parameters, output }: Node<Op>): string | null {
  const expected = shapeRules[op](inputs, parameters);
  if (sameShape(expected.shape, output.shape) && expected.dtype === output.dtype) return null;
  const [wanted, found] = [expected, output].map(({ dtype, shape }) => dtype + printShape(shape));
  return `${output.name} should be ${wanted}, not ${found}`;
}

/** The part of a graph that a node is about: the node, the nodes of its operands, and what these use. */
function around(node: Node, graph: Graph): Graph {
  const nodes = graph.nodes.filter((other) => other === node || node.inputs.includes(other.output));
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const usedOf = (values: readonly Value[]) => values.filter((value) => used.has(value));
  const { name, inputs, weights } = graph;
  return { name, inputs: usedOf(inputs), weights: usedOf(weights), nodes, outputs: new Map() };
}
