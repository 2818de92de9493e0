import { float32Tensor, type Tensor } from '../core/tensor.ts';
import type { GraphBuilder } from './builder.ts';
import { isMultiple } from './dim.ts';
import type { Graph, Node, Value } from './graph.ts';
import { readersOf } from './links.ts';
import type { Weights } from './onnx/emit.ts';
import { rewriteGraph } from './rewrite.ts';
import { known } from './shape-checks.ts';

/** A tile of 4 × 4 outputs needs a window of 6 × 6 inputs: 36 products per channel pair instead of 144. */
const [tile, window] = [4, 6];
const [tilePixels, windowPixels] = [tile ** 2, window ** 2];

/**
 * F(4×4, 3×3) of Lavin & Gray 2016 ("Fast Algorithms for Convolutional Neural Networks"), along one axis:
 * outputs = outputTransform · ((kernelTransform · kernel) ⊙ (inputTransform · inputs)).
 */
const inputTransform = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];
const kernelTransform = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];
const outputTransform = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

/** With fewer channels, moving 2.25 times the data costs more time than the saved products. */
const minChannels = 192;

/**
 * Computes large 3×3 convolutions of one picture by Winograd's algorithm: those with many channels whose maps
 * divide into whole tiles. The transforms of inputs and outputs are convolutions of each channel with
 * constants; between them are 36 matrix products. If only 1×1 convolutions read the result, its pixels stay
 * in tile order until these have reduced the channels. Results differ from direct convolution by about 10⁻⁵
 * of the largest value.
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

  const rewritten = rewriteGraph(graph, (g, node, now) => {
    const winograd = new WinogradBuilder(g, tensors);
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
  if (!isConv(node, 3, 1)) return false;
  const [outputs, inputs] = node.inputs[1].shape;
  const [pictures, , ...extents] = node.output.shape;
  return (
    pictures === 1 &&
    Math.min(known(outputs), known(inputs)) >= minChannels &&
    extents.every((extent) => isMultiple(extent, tile))
  );
}

function isPointwise(node: Node): boolean {
  return isConv(node, 1, 0);
}

/** Whether a node is a full convolution (stride 1, one group) with a kernel of this side. */
function isConv(node: Node, side: number, padding: number): boolean {
  if (node.op !== 'conv') return false;
  const { parameters, inputs } = node as Node<'conv'>;
  const { stride, groups, dilation = 1, more = 0 } = parameters;
  const [, , height, width] = inputs[1].shape;
  return (
    stride === 1 &&
    groups === 1 &&
    dilation === 1 &&
    more === 0 &&
    parameters.padding === padding &&
    height === side &&
    width === side
  );
}

/** Builds the parts of a Winograd convolution; constants are added to the weights. */
class WinogradBuilder {
  readonly #g: GraphBuilder;
  readonly #tensors: Map<string, Tensor>;

  /** @param tensors Receives the constants. */
  constructor(g: GraphBuilder, tensors: Map<string, Tensor>) {
    this.#g = g;
    this.#tensors = tensors;
  }

  /** Transforms the inputs of every tile: `[1, C, H, W]` → `[1, 36·C, H/4, W/4]`. */
  windows(x: Value): Value {
    const channels = known(x.shape[1]);
    const kernels = this.#constant(
      `winograd inputs of ${channels}`,
      [windowPixels * channels, 1, window, window],
      () => repeat(onBothAxes(inputTransform), channels),
    );
    return this.#g.conv(x, kernels, null, { stride: tile, padding: 1, groups: channels });
  }

  /** Multiplies windows by the transformed kernels: → `[C', 36, tiles]`. */
  products(windows: Value, weight: Value): Value {
    const [outputs, inputs] = weight.shape.map(known);
    const kernels = this.#tensors.has(weight.name)
      ? this.#constant(`winograd ${weight.name}`, [windowPixels, outputs, inputs], () =>
          transformedKernels(this.#tensors.get(weight.name)?.data as Float32Array, outputs * inputs),
        )
      : this.#transformed(weight);
    const byPlace = this.#g.transpose(this.#g.reshape(windows, [inputs, windowPixels, 'rest']), [1, 0, 2]);
    return this.#g.transpose(this.#g.matmul(kernels, byPlace), [1, 0, 2]);
  }

  /** Kernels that the graph computes: `[C', C, 3, 3]` → `[36, C', C]`. */
  #transformed(weight: Value): Value {
    const [outputs, inputs, ...sides] = weight.shape.map(known);
    const taps = sides.reduce((a, b) => a * b);
    const transform = this.#constant('winograd kernels', [windowPixels, taps], () =>
      Float32Array.from(onBothAxes(kernelTransform).flat()),
    );
    const rows = this.#g.reshape(weight, [outputs * inputs, taps]);
    const columns = this.#g.matmul(transform, rows, { transposeB: true });
    return this.#g.reshape(columns, [windowPixels, outputs, inputs]);
  }

  /** Transforms products into a map: → `[1, C', H, W]`. */
  map(products: Value, bias: Value | null, windows: Value): Value {
    return this.#spread(products, known(products.shape[0]), {
      transform: onBothAxes(outputTransform),
      bias,
      windows,
    });
  }

  /** Transforms products, leaving the pixels in tile order: → `[1, 16·C', 1, tiles]`. */
  tiles(products: Value, bias: Value | null): Value {
    const channels = known(products.shape[0]);
    const rows = tilePixels * channels;
    const kernels = this.#constant(`winograd tiles of ${channels}`, [rows, windowPixels, 1, 1], () =>
      repeat(onBothAxes(outputTransform), channels),
    );
    const biases =
      bias &&
      this.#constant(`winograd ${bias.name}`, [rows], () => {
        const values = this.#tensors.get(bias.name)?.data as Float32Array;
        return Float32Array.from({ length: rows }, (_, row) => values[Math.floor(row / tilePixels)]);
      });
    const columns = this.#g.reshape(products, [1, windowPixels * channels, 1, 'rest']);
    return this.#g.conv(columns, kernels, biases, { groups: channels });
  }

  /** A 1×1 convolution in tile order, then the pixels in their places: → `[1, K, H, W]`. */
  pointwise(tiles: Value, weight: Value, bias: Value | null, windows: Value): Value {
    const [outputs, inputs] = weight.shape.map(known);
    const rows = this.#g.reshape(weight, [outputs, inputs]);
    const values = this.#g.matmul(rows, this.#g.reshape(tiles, [inputs, 'rest']));
    return this.#spread(values, outputs, { transform: identity(tilePixels), bias, windows });
  }

  /**
   * Expands each column of numbers to a tile: `transform` is the contribution of each number to the 16
   * pixels.
   */
  #spread(
    x: Value,
    channels: number,
    { transform, bias, windows }: { transform: number[][]; bias: Value | null; windows: Value },
  ): Value {
    const g = this.#g;
    const numbers = transform[0].length;
    const rows = numbers * channels;
    const kernels = this.#constant(`winograd ${numbers} to tiles of ${channels}`, [rows, 1, tile, tile], () =>
      repeat(transposed(transform), channels),
    );
    const [one, , height, width] = windows.shape;
    const extent = (value: Value, axis: number) => g.apply('extentOf', [value], { axis });
    const extents = g.concat(
      [extent(windows, 0), extent(kernels, 0), extent(windows, 2), extent(windows, 3)],
      0,
    );
    const columns = g.apply('reshapeTo', [x, extents], { shape: [one, rows, height, width] });
    return g.apply('convTranspose', bias ? [columns, kernels, bias] : [columns, kernels], {
      stride: tile,
      padding: 0,
      groups: channels,
      outputPadding: [0, 0],
    });
  }

  #constant(name: string, shape: readonly number[], make: () => Float32Array): Value {
    if (!this.#tensors.has(name)) this.#tensors.set(name, float32Tensor(shape, make()));
    return this.#g.weight(name, shape);
  }
}

/** `[pairs, 9]` → `[36, pairs]` */
function transformedKernels(kernels: Float32Array, pairs: number): Float32Array {
  const transform = onBothAxes(kernelTransform);
  const transformed = new Float32Array(windowPixels * pairs);
  transform.forEach((row, place) => {
    for (let pair = 0; pair < pairs; pair++) {
      let sum = 0;
      for (let tap = 0; tap < row.length; tap++) sum += row[tap] * kernels[pair * row.length + tap];
      transformed[place * pairs + pair] = sum;
    }
  });
  return transformed;
}

/** The transform of a square, along rows and columns: the Kronecker product of the matrix with itself. */
function onBothAxes(transform: readonly number[][]): number[][] {
  return transform.flatMap((down) =>
    transform.map((across) => down.flatMap((first) => across.map((second) => first * second))),
  );
}

function transposed(matrix: readonly number[][]): number[][] {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

function identity(side: number): number[][] {
  return Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => Number(row === column)),
  );
}

/** The same matrix for each channel, row by row. */
function repeat(matrix: readonly number[][], channels: number): Float32Array {
  const once = matrix.flat();
  return Float32Array.from({ length: once.length * channels }, (_, i) => once[i % once.length]);
}
