import { printShape, sameShape } from './dim.ts';
import type { Graph, Node, Value } from './graph.ts';
import type { OperationName } from './operations.ts';
import { GraphError } from './shape-checks.ts';
import { shapeRules } from './shape-rules.ts';

/**
 * Proves that a graph can be evaluated: names are unique, every operand is known before it is used, every
 * shape is what the operation's rule gives, and every output exists.
 * @throws GraphError that names the first value at fault.
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
        throw new GraphError(`${graph.name}: ${node.output.name} uses ${input.name} before it is known`);
      }
    }
    verifyType(node);
    define(node.output);
  }
  for (const [name, value] of graph.outputs) {
    if (!known.has(value)) throw new GraphError(`${graph.name}: output ${name} is not a value of the graph`);
  }
}

function verifyType<Op extends OperationName>({ op, inputs, parameters, output }: Node<Op>): void {
  const expected = shapeRules[op](inputs, parameters);
  if (!sameShape(expected.shape, output.shape) || expected.dtype !== output.dtype) {
    throw new GraphError(
      `${output.name} should be ${expected.dtype}${printShape(expected.shape)}, ` +
        `not ${output.dtype}${printShape(output.shape)}`,
    );
  }
}
