import { isMultiple } from './dim.ts';
import type { Graph, Node, Value } from './graph.ts';
import { readersOf } from './links.ts';
import type { Weights } from './onnx/emit.ts';
import type { OperationParameters } from './operations.ts';
import { rewriteGraph } from './rewrite.ts';
import { known } from './shape-checks.ts';
import { WinogradBuilder } from './winograd-builder.ts';
import { tile } from './winograd-transforms.ts';

/** With fewer channels, moving 2.25 times the data costs more time than the saved products. */
const minChannels = 192;

/**
 * Computes large 3×3 convolutions of one picture by Winograd's algorithm, those with many channels whose maps divide into
 * whole tiles, and the gradients of such weights. The transforms of inputs and outputs are convolutions of each channel
 * with constants; between them are 36 matrix products. If only 1×1 convolutions read the result, its pixels stay in tile
 * order until these have reduced the channels. Results differ from direct convolution by about 10⁻⁵ of the largest value.
 * @param weights Constants of the graph; they are not changed.
 * @param computed Whether kernels that are no constants are transformed as well, at every run: those of a training step.
 */
export function useWinograd(
  graph: Graph,
  weights: Weights,
  { computed = false }: { computed?: boolean } = {},
): { graph: Graph; weights: Weights } {
  const tensors = new Map(weights);
  const readers = readersOf(graph);
  /** Old values that are now in tile order, `[1, 16·C, 1, tiles]`, with maps that have one pixel per tile. */
  const inTiles = new Map<Value, Value>();

  let builder: WinogradBuilder | undefined;
  const rewritten = rewriteGraph(graph, (g, node, now) => {
    builder ??= new WinogradBuilder(g, tensors);
    const winograd = builder;
    if (isLargeWeightGradient(node)) {
      const [x, dy] = node.inputs.map(now);
      return winograd.weightGradient(x, winograd.windows(dy));
    }
    const [x, weight, bias = null] = node.inputs.map(now);
    // Layers with eight bits compute their kernels.
    if (isLarge(node) && (computed || tensors.has(weight.name))) {
      const windows = winograd.windows(x);
      const products = winograd.products(windows, weight);
      const keepsTiles = isReadByPointwiseAlone(node.output) && (bias === null || tensors.has(bias.name));
      if (!keepsTiles) return winograd.map(products, bias, windows);
      inTiles.set(node.output, windows);
      return winograd.tiles(products, bias);
    }
    const windows = inTiles.get(node.inputs[0]);
    if (!windows) return null;
    if (isPointwise(node)) return winograd.pointwise(x, weight, bias, windows);
    inTiles.set(node.output, windows);
    return null;
  });
  return { graph: rewritten, weights: tensors };

  function isReadByPointwiseAlone(value: Value): boolean {
    const nodes = readers.get(value);
    return (
      nodes?.every(
        (node) => isPointwise(node) || (node.op === 'relu' && isReadByPointwiseAlone(node.output)),
      ) ?? false
    );
  }
}

function isLarge(node: Node): boolean {
  return isConv(node, 3, 1) && manyOverTiles(node.inputs[1], node.output);
}

function isLargeWeightGradient(node: Node): boolean {
  if (node.op !== 'convWeightGradient') return false;
  const { kernel, padding, ...parameters } = (node as Node<'convWeightGradient'>).parameters;
  return (
    kernel.every((side) => side === 3) &&
    padding === 1 &&
    isDense(parameters) &&
    manyOverTiles(node.output, node.inputs[0])
  );
}

/** Whether a kernel has many channels, and its map is a single one that whole tiles cover. */
function manyOverTiles(kernel: Value, map: Value): boolean {
  const [outputs, inputs] = kernel.shape;
  const [pictures, , ...extents] = map.shape;
  return (
    pictures === 1 &&
    Math.min(known(outputs), known(inputs)) >= minChannels &&
    extents.every((extent) => isMultiple(extent, tile))
  );
}

function isPointwise(node: Node): boolean {
  return isConv(node, 1, 0);
}

/** Whether a node is a dense convolution with a kernel of this side. */
function isConv(node: Node, side: number, padding: number): boolean {
  if (node.op !== 'conv') return false;
  const { parameters, inputs } = node as Node<'conv'>;
  const [, , height, width] = inputs[1].shape;
  return isDense(parameters) && parameters.padding === padding && height === side && width === side;
}

/** Stride 1, one group, neighbouring pixels, even padding. */
function isDense({ stride, groups, dilation = 1, more = 0 }: Partial<OperationParameters['conv']>): boolean {
  return stride === 1 && groups === 1 && dilation === 1 && more === 0;
}
