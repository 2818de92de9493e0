/** Element types of tensors that are passed between the host and a graph. */
export interface DataOf {
  float32: Float32Array;
  int64: BigInt64Array;
  int32: Int32Array;
  uint8: Uint8Array;
  int8: Int8Array;
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

/** Number of elements of a shape; 1 for `[]`, a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A float32 tensor of `data`, which is not copied. @throws RangeError where its length does not match the shape. */
export function float32Tensor(shape: readonly number[], data: Float32Array): Float32Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`shape [${shape.join(', ')}] needs ${sizeOf(shape)} elements, got ${data.length}`);
  }
  return { dtype: 'float32', shape, data };
}
