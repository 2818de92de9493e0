import { type Code, f32x4, get, i32, type Local, loopWhile, moduleOf, set } from '../core/wasm.ts';

/**
 * Pools one RoI from a channels-last map: for each bin, the sum over its pixels of (weight along y · weight
 * along x · pixel), for all channels at once; first, the product of the offsets of both axes is added.
 *
 * Addresses are in bytes. A bin of an axis takes {@link binBytes}: the address of its first pixel (along y
 * the row's, from the start of the memory; along x the pixel's, from the start of the row), the
 * addresses at which its weights begin and end, its offset.
 */
export type RoiAlignKernel = (
  /** The bins along y, `resolution` of them. */
  rows: number,
  columns: number,
  /** Bytes of a row of bins: resolution · {@link binBytes}. */
  axisBytes: number,
  /** Bytes of a row of the map. */
  rowBytes: number,
  /** Bytes of a pixel, a multiple of those of four channels. */
  pixelBytes: number,
  /** `[C, resolution, resolution]` */
  out: number,
  /** Bytes per channel of `out`: 4 · resolution². */
  planeBytes: number,
) => void;

/** Bytes of one bin of an axis. */
export const binBytes = 16;

/** The numbers of the maps. */
export type MapType = 'float32' | 'uint8';

/** Vectors of four channels that are summed side by side: enough to hide the latency of an addition. */
const wide = 4;

const compiled = new Map<MapType, WebAssembly.Module>();

/** The kernel for maps of a type on a memory. It is compiled once. */
export function roiAlignKernel(memory: WebAssembly.Memory, type: MapType): RoiAlignKernel {
  const module = compiled.get(type) ?? new WebAssembly.Module(kernelModule(type));
  compiled.set(type, module);
  const instance = new WebAssembly.Instance(module, { host: { memory } });
  return instance.exports.run as RoiAlignKernel;
}

function kernelModule(type: MapType): Uint8Array<ArrayBuffer> {
  // Four channels of a pixel.
  const [vectorBytes, loadPixel] = type === 'uint8' ? [4, f32x4.loadBytes] : [16, f32x4.load];
  const names = Array.from({ length: 17 }, (_, index): Local => index);
  const [rows, columns, axisBytes, rowBytes, pixelBytes, out, planeBytes] = names;
  const [channel, row, column, rowWeight, columnWeight, line, pixel, target, rowsEnd, columnsEnd] =
    names.slice(7);
  const weight = 17;
  const sums = Array.from({ length: wide }, (_, i): Local => weight + 1 + i);

  const { add, load, below, atMost } = i32;
  const advance = (local: Local, bytes: Code) => set(local, add(get(local), bytes));

  /** Adds the pixel's four weighted channels to each sum. */
  const accumulate = (vectors: readonly Local[]): Code => [
    ...set(weight, f32x4.mul(f32x4.loadSplat(get(rowWeight)), f32x4.loadSplat(get(columnWeight)))),
    ...vectors.flatMap((sum, i) =>
      set(sum, f32x4.add(get(sum), f32x4.mul(get(weight), loadPixel(get(pixel), vectorBytes * i)))),
    ),
  ];

  const sumOfBin = (vectors: readonly Local[]): Code => [
    ...set(weight, f32x4.mul(f32x4.loadSplat(get(row), 12), f32x4.loadSplat(get(column), 12))),
    ...vectors.flatMap((sum) => set(sum, get(weight))),
    ...set(line, add(add(load(get(row)), load(get(column))), get(channel))),
    ...set(rowWeight, load(get(row), 4)),
    ...loopWhile(below(get(rowWeight), load(get(row), 8)), [
      ...set(pixel, get(line)),
      ...set(columnWeight, load(get(column), 4)),
      ...loopWhile(below(get(columnWeight), load(get(column), 8)), [
        ...accumulate(vectors),
        ...advance(pixel, get(pixelBytes)),
        ...advance(columnWeight, i32.const(4)),
      ]),
      ...advance(line, get(rowBytes)),
      ...advance(rowWeight, i32.const(4)),
    ]),
  ];

  /** Channels are adjacent in the map and separate planes in the result. */
  const storeBin = (vectors: readonly Local[]): Code =>
    vectors.flatMap((sum) =>
      [0, 1, 2, 3].flatMap((lane) => [
        ...f32x4.storeLane(get(target), get(sum), lane),
        ...advance(target, get(planeBytes)),
      ]),
    );

  /**
   * One bin: as many channels per pass as the vectors hold, while that many remain. A pixel is read whole before the next bin;
   * a pass over all bins for each few channels would read a part of every pixel each time.
   */
  const channels = (vectors: readonly Local[]): Code => {
    const bytes = vectorBytes * vectors.length;
    const left = atMost(add(get(channel), i32.const(bytes)), get(pixelBytes));
    return loopWhile(left, [
      ...sumOfBin(vectors),
      ...storeBin(vectors),
      ...advance(channel, i32.const(bytes)),
    ]);
  };

  return moduleOf(7, { i32: 10, v128: 1 + wide }, [
    ...set(rowsEnd, add(get(rows), get(axisBytes))),
    ...set(columnsEnd, add(get(columns), get(axisBytes))),
    ...set(row, get(rows)),
    ...loopWhile(below(get(row), get(rowsEnd)), [
      ...set(column, get(columns)),
      ...loopWhile(below(get(column), get(columnsEnd)), [
        ...set(channel, i32.const(0)),
        ...set(target, get(out)),
        ...channels(sums),
        ...channels(sums.slice(0, 1)),
        ...advance(column, i32.const(binBytes)),
        ...advance(out, i32.const(4)),
      ]),
      ...advance(row, i32.const(binBytes)),
    ]),
  ]);
}
