import type { Tensor } from '../../core/tensor.ts';
import type { Graph, Node } from '../graph.ts';
import type { OperationName } from '../operations.ts';
import { GraphError } from '../shape-rules.ts';
import { type Emission, emissionRules } from './emission-rules.ts';
import { encodeModel, type OnnxNode } from './protobuf.ts';

/** The values of a graph's weights by name. */
export type Weights = ReadonlyMap<string, Tensor>;

/**
 * Writes a graph as the bytes of an ONNX model (opset 17).
 * @param weights Those present become constants, which ONNX Runtime lays out anew for speed; the others
 *   become inputs of the model.
 * @throws GraphError where a weight has another shape than the graph says.
 */
export function emitOnnx(graph: Graph, weights: Weights = new Map()): Uint8Array {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Tensor>();
  for (const { name, shape } of graph.weights) {
    const tensor = weights.get(name);
    if (!tensor) continue;
    if (tensor.shape.join() !== shape.join()) {
      throw new GraphError(`${name} should be [${shape.join(', ')}], not [${tensor.shape.join(', ')}]`);
    }
    initializers.set(name, tensor);
  }

  const emit = <Op extends OperationName>({ op, inputs, parameters, output }: Node<Op>) => {
    const emission: Emission = {
      inputs: inputs.map((input) => input.name),
      output: output.name,
      node: (type, operands, result, attributes = {}) =>
        void nodes.push({ type, inputs: operands, output: result, attributes }),
      constant: (tensor) => {
        const name = `constant_${initializers.size}`;
        initializers.set(name, tensor);
        return name;
      },
    };
    emissionRules[op](emission, parameters);
  };
  for (const node of graph.nodes) emit(node);

  // An output of an ONNX graph is known by its value's own name, so a chosen name needs a node of its own.
  const outputs = [...graph.outputs].map(([name, value]) => {
    nodes.push({ type: 'Identity', inputs: [value.name], output: name, attributes: {} });
    return { ...value, name };
  });

  return encodeModel({
    name: graph.name,
    inputs: [...graph.inputs, ...graph.weights.filter(({ name }) => !initializers.has(name))],
    outputs,
    nodes,
    initializers,
  });
}
