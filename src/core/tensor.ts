/** Element types that pass between the host and a graph. */
export interface DataOf {
  float32: Float32Array;
  int64: BigInt64Array;
  int32: Int32Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

export type DType = keyof DataOf;

/** A dense row-major array on the host. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DataOf[D];
}

export type Float32Tensor = Tensor<'float32'>;

/** Number of elements of a shape; 1 for a scalar's `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A float32 tensor over `data`, which is kept, not copied. Throws a RangeError where the length does not fit. */
export function float32Tensor(shape: readonly number[], data: Float32Array): Float32Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`shape [${shape.join(', ')}] needs ${sizeOf(shape)} elements, got ${data.length}`);
  }
  return { dtype: 'float32', shape, data };
}
