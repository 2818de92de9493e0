import { float32Tensor, type Tensor } from '../core/tensor.ts';
import type { GraphBuilder } from './builder.ts';
import type { Value } from './graph.ts';
import { known } from './shape-checks.ts';
import {
  identity,
  inputTransform,
  kernelTransform,
  onBothAxes,
  outputTransform,
  repeat,
  tile,
  tilePixels,
  transposed,
  window,
  windowPixels,
} from './winograd-transforms.ts';

/** Builds the parts of a Winograd convolution; constants are added to the weights. */
export class WinogradBuilder {
  readonly #g: GraphBuilder;
  readonly #tensors: Map<string, Tensor>;
  /** A map → its windows: two gradients share those of dy. */
  readonly #windows = new Map<Value, Value>();

  /** @param tensors Receives the constants. */
  constructor(g: GraphBuilder, tensors: Map<string, Tensor>) {
    this.#g = g;
    this.#tensors = tensors;
  }

  /** Transforms the inputs of every tile: `[1, C, H, W]` → `[1, 36·C, H/4, W/4]`. */
  windows(x: Value): Value {
    const windows = this.#windows.get(x) ?? this.#makeWindows(x);
    this.#windows.set(x, windows);
    return windows;
  }

  #makeWindows(x: Value): Value {
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
    return this.#g.transpose(this.#g.matmul(kernels, this.#byPlace(windows, inputs)), [1, 0, 2]);
  }

  /** Kernels that the graph computes: `[C', C, 3, 3]` → `[36, C', C]`. */
  #transformed(weight: Value): Value {
    const [outputs, inputs, ...sides] = weight.shape.map(known);
    const taps = sides.reduce((a, b) => a * b);
    const transform = this.#constant('winograd kernels', [windowPixels, taps], () =>
      Float32Array.from(onBothAxes(kernelTransform(3)).flat()),
    );
    const rows = this.#g.reshape(weight, [outputs * inputs, taps]);
    const columns = this.#g.matmul(transform, rows, { transposeB: true });
    return this.#g.reshape(columns, [windowPixels, outputs, inputs]);
  }

  /** Transforms products into a map: → `[1, C', H, W]`. */
  map(products: Value, bias: Value | null, windows: Value): Value {
    return this.#spread(products, known(products.shape[0]), {
      transform: onBothAxes(outputTransform(tile)),
      bias,
      windows,
    });
  }

  /** Transforms products, leaving the pixels in tile order: → `[1, 16·C', 1, tiles]`. */
  tiles(products: Value, bias: Value | null): Value {
    const channels = known(products.shape[0]);
    const rows = tilePixels * channels;
    const kernels = this.#constant(`winograd tiles of ${channels}`, [rows, windowPixels, 1, 1], () =>
      repeat(onBothAxes(outputTransform(tile)), channels),
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

  /**
   * The gradient of a kernel: each tile of x meets dy within a window. x `[1, C, H, W]`, windows of dy
   * `[1, 36·C', H/4, W/4]` → `[C', C, 3, 3]`.
   */
  weightGradient(x: Value, windows: Value): Value {
    const g = this.#g;
    const [inputs, outputs] = [known(x.shape[1]), known(windows.shape[1]) / windowPixels];
    const kernels = this.#constant(
      `winograd tiles of maps of ${inputs}`,
      [windowPixels * inputs, 1, tile, tile],
      () => repeat(onBothAxes(kernelTransform(tile)), inputs),
    );
    const tiles = g.conv(x, kernels, null, { stride: tile, groups: inputs });
    const products = g.matmul(this.#byPlace(windows, outputs), this.#byPlace(tiles, inputs), {
      transposeB: true,
    });
    // A tile's first pixel meets the last of the window's outputs.
    const transform = this.#constant('winograd kernel gradients', [windowPixels, 9], () =>
      Float32Array.from(transposed(onBothAxes(outputTransform(3)).toReversed()).flat()),
    );
    const columns = g.reshape(products, [windowPixels, outputs * inputs]);
    const taps = g.matmul(columns, transform, { transposeA: true });
    return g.reshape(taps, [outputs, inputs, 3, 3]);
  }

  /** `[1, 36·C, h, w]` → `[36, C, h·w]` */
  #byPlace(x: Value, channels: number): Value {
    return this.#g.transpose(this.#g.reshape(x, [channels, windowPixels, 'rest']), [1, 0, 2]);
  }

  #constant(name: string, shape: readonly number[], make: () => Float32Array): Value {
    if (!this.#tensors.has(name)) this.#tensors.set(name, float32Tensor(shape, make()));
    return this.#g.weight(name, shape);
  }
}

/** `[pairs, 9]` → `[36, pairs]` */
function transformedKernels(kernels: Float32Array, pairs: number): Float32Array {
  const transform = onBothAxes(kernelTransform(3));
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
