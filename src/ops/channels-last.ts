import type { Float32Tensor } from '../core/tensor.ts';

/**
 * Feature maps `[N, C, H, W]` stored in the order `[N, H, W, C]`: the channels of a pixel are adjacent, as pooling reads
 * them. For all other code it is an ordinary tensor, whose data is reordered when first accessed.
 */
export class ChannelsLastMaps implements Float32Tensor {
  readonly dtype = 'float32';
  readonly shape: readonly number[];
  readonly #tensor: Float32Tensor;
  #ordered: Float32Array | null = null;

  /** @param tensor `[N, H, W, C]`; it is not copied. */
  constructor(tensor: Float32Tensor) {
    const [pictures, height, width, channels] = tensor.shape;
    this.shape = [pictures, channels, height, width];
    this.#tensor = tensor;
  }

  /** The data in the order `[N, H, W, C]`. */
  get channelsLast(): Float32Array {
    return this.#tensor.data;
  }

  /** The data in the order `[N, C, H, W]`. */
  get data(): Float32Array {
    const [pictures, channels, height, width] = this.shape;
    this.#ordered ??= swapInner(this.channelsLast, pictures, height * width, channels);
    return this.#ordered;
  }
}

/** The data of any feature maps `[N, C, H, W]` in the order `[N, H, W, C]`. */
export function channelsLastOf(maps: Float32Tensor): Float32Array {
  if (maps instanceof ChannelsLastMaps) return maps.channelsLast;
  const [pictures, channels, height, width] = maps.shape;
  return swapInner(maps.data, pictures, channels, height * width);
}

/** `[outer, rows, columns]` → `[outer, columns, rows]` */
function swapInner(data: Float32Array, outer: number, rows: number, columns: number): Float32Array {
  const swapped = new Float32Array(data.length);
  for (let i = 0; i < outer; i++) {
    const start = i * rows * columns;
    for (let column = 0; column < columns; column++) {
      const to = start + column * rows;
      for (let row = 0; row < rows; row++) swapped[to + row] = data[start + row * columns + column];
    }
  }
  return swapped;
}
