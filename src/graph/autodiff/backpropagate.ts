import type { GraphBuilder } from '../builder.ts';
import type { Node, Value } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import { GraphError } from '../shape-checks.ts';
import { gradientRules } from './gradient-rules.ts';

/** Where a gradient enters a graph. */
export interface Seed {
  output: Value;
  /** Gradient of the loss with respect to the output. */
  gradient: Value;
}

/** Arguments of reverse-mode differentiation. */
export interface Backpropagation {
  /** The nodes to differentiate, in order; they must already be in the builder. */
  nodes: readonly Node[];
  /** Seeds of the same output are added. */
  seeds: readonly Seed[];
  /** Weights and inputs to differentiate with respect to. */
  wrt: readonly Value[];
}

/**
 * Appends the nodes that propagate gradients from outputs back to weights and inputs. Only values that depend
 * on one of `wrt` receive a gradient, so frozen layers at the bottom cost nothing. The gradients of a value
 * that is used several times are added.
 * @returns The gradient of each value in `wrt`, of the same shape.
 * @throws GraphError if no output depends on a value in `wrt`, or if an operation on the way has no gradient.
 */
export function backpropagate(g: GraphBuilder, { nodes, seeds, wrt }: Backpropagation): Map<Value, Value> {
  const needed = new Set<Value>(wrt);
  for (const { op, inputs, output } of nodes) {
    if (gradientRules[op] !== 'constant' && inputs.some((input) => needed.has(input))) needed.add(output);
  }

  const gradients = new Map<Value, Value>();
  const accumulate = (value: Value, gradient: Value) => {
    const known = gradients.get(value);
    gradients.set(value, known ? g.add(known, gradient) : gradient);
  };
  for (const { output, gradient } of seeds) accumulate(output, gradient);

  for (const node of nodes.toReversed()) {
    const dy = gradients.get(node.output);
    if (!dy || !needed.has(node.output)) continue;
    const inputGradients = differentiate(g, node, dy);
    // The same value may be several inputs of one node; each has its own gradient.
    node.inputs.forEach((input, i) => {
      if (!needed.has(input)) return;
      const gradient = inputGradients[i];
      if (!gradient) throw new GraphError(`${node.op} has no gradient with respect to ${input.name}`);
      accumulate(input, gradient());
    });
  }

  return new Map(
    wrt.map((value) => {
      const gradient = gradients.get(value);
      if (!gradient) throw new GraphError(`no output depends on ${value.name}, so it has no gradient`);
      return [value, gradient];
    }),
  );
}

function differentiate<Op extends OperationName>(g: GraphBuilder, node: Node<Op>, dy: Value) {
  const rule = gradientRules[node.op];
  if (typeof rule === 'string') {
    throw new GraphError(`${node.op} is not differentiable (${node.output.name})`);
  }
  return rule(g, node, dy);
}
