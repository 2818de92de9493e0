import type { ByteScale } from '../core/byte-scale.ts';
import type { Float32Tensor, Tensor } from '../core/tensor.ts';

/** Maps `[N, H, W, C]`, in floats or in bytes with their scale. */
export type StoredMaps =
  | { readonly tensor: Float32Tensor; readonly scale?: undefined }
  | { readonly tensor: Tensor<'uint8'>; readonly scale: ByteScale };

/** The data of maps in the order `[N, H, W, C]`. */
export interface ChannelsLastData {
  readonly data: Float32Array | Uint8Array;
  /** Of bytes. */
  readonly scale?: ByteScale | undefined;
}

/**
 * Feature maps `[N, C, H, W]` stored in the order `[N, H, W, C]`: the channels of a pixel are adjacent, as pooling reads
 * them. For all other code it is an ordinary tensor, whose data is reordered, and computed from bytes, when first accessed.
 */
export class ChannelsLastMaps implements Float32Tensor {
  readonly dtype = 'float32';
  readonly shape: readonly number[];
  readonly #stored: StoredMaps;
  #ordered: Float32Array | null = null;

  /** @param stored They are not copied. */
  constructor(stored: StoredMaps) {
    const [pictures, height, width, channels] = stored.tensor.shape;
    this.shape = [pictures, channels, height, width];
    this.#stored = stored;
  }

  get channelsLast(): ChannelsLastData {
    const { tensor, scale } = this.#stored;
    return { data: tensor.data, scale };
  }

  /** The data in the order `[N, C, H, W]`. */
  get data(): Float32Array {
    const [pictures, channels, height, width] = this.shape;
    this.#ordered ??= swapInner(inFloats(this.channelsLast), pictures, height * width, channels);
    return this.#ordered;
  }
}

/** The data of any feature maps `[N, C, H, W]` in the order `[N, H, W, C]`. */
export function channelsLastOf(maps: Float32Tensor): ChannelsLastData {
  if (maps instanceof ChannelsLastMaps) return maps.channelsLast;
  const [pictures, channels, height, width] = maps.shape;
  return { data: swapInner(maps.data, pictures, channels, height * width) };
}

function inFloats({ data, scale }: ChannelsLastData): Float32Array {
  if (scale === undefined) return data as Float32Array;
  return Float32Array.from(data, (byte) => scale.scale * (byte - scale.zeroPoint));
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
