import { float32Tensor, type Tensor } from '../core/tensor.ts';
import { foldableConvolutions, isBatchNorm } from './batch-norm.ts';
import type { Graph, Node, Value } from './graph.ts';
import type { Weights } from './onnx/emit.ts';

/**
 * Merges each batch norm into the preceding convolution: γ·(W∗x − μ)/√(σ² + ε) + β is a convolution with
 * weight W·γ/√(σ² + ε) and bias β − μ·γ/√(σ² + ε). At inference batch norm then costs nothing.
 * @param weights All weights of the graph; they are not changed.
 */
export function foldBatchNorm(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  const convolutions = foldableConvolutions(graph);
  const folded = new Map(weights);
  const merged = new Set<Node>();
  const biases: Value[] = [];

  const nodes = graph.nodes.map((node): Node => {
    const conv = isBatchNorm(node) && convolutions.get(node);
    if (!conv) return node;
    merged.add(conv);
    const [x, weight, bias] = conv.inputs;
    const [, gamma, beta, mean, variance] = node.inputs;
    const read = (value: Value) => weights.get(value.name)?.data as Float32Array;
    const scale = read(gamma).map((g, c) => g / Math.sqrt(read(variance)[c] + node.parameters.eps));
    const shift = read(beta).map((b, c) => b + ((bias ? read(bias)[c] : 0) - read(mean)[c]) * scale[c]);
    const foldedBias: Value = { ...beta, name: `${weight.name}:bias` };
    biases.push(foldedBias);
    folded.set(weight.name, scaleRows(weights.get(weight.name) as Tensor, scale));
    folded.set(foldedBias.name, float32Tensor([shift.length], shift));
    for (const value of [bias, gamma, beta, mean, variance]) if (value) folded.delete(value.name);
    return { ...conv, inputs: [x, weight, foldedBias], output: node.output };
  });

  const kept = nodes.filter((node) => !merged.has(node));
  const remaining = graph.weights.filter((weight) => folded.has(weight.name));
  return { graph: { ...graph, nodes: kept, weights: [...remaining, ...biases] }, weights: folded };
}

/**
 * The model's weights with every batch norm that follows a convolution made the identity but for a shift, and its scale
 * part of the convolution's weight: what `foldBatchNorm` then gives is the same.
 * @param weights All weights of the graph; they are not changed.
 */
export function absorbBatchNorm(graph: Graph, weights: Weights): Weights {
  const folded = foldBatchNorm(graph, weights).weights;
  const absorbed = new Map(weights);
  const fill = (value: Value, number: number) => {
    const { shape } = weights.get(value.name) as Tensor;
    absorbed.set(value.name, float32Tensor(shape, new Float32Array(shape[0]).fill(number)));
  };
  for (const [norm, conv] of foldableConvolutions(graph)) {
    const [, weight, bias] = conv.inputs;
    const [, gamma, beta, mean, variance] = norm.inputs;
    absorbed.set(weight.name, folded.get(weight.name) as Tensor);
    absorbed.set(beta.name, folded.get(`${weight.name}:bias`) as Tensor);
    fill(gamma, 1);
    fill(mean, 0);
    fill(variance, 1 - norm.parameters.eps);
    if (bias) fill(bias, 0);
  }
  return absorbed;
}

/** Multiplies each row (first axis) of a tensor by its own factor. */
function scaleRows(tensor: Tensor, factors: Float32Array): Tensor {
  // As in a file whose norms are absorbed; its weights may be whole numbers.
  if (factors.every((factor) => factor === 1)) return tensor;
  const { shape, data } = tensor;
  const values = data as Float32Array;
  const scaled = new Float32Array(values.length);
  const rowSize = scaled.length / factors.length;
  for (let row = 0; row < factors.length; row++) {
    const factor = factors[row];
    for (let i = row * rowSize; i < (row + 1) * rowSize; i++) scaled[i] = values[i] * factor;
  }
  return float32Tensor(shape, scaled);
}
