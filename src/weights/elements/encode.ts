import { InputError } from '../../core/errors.ts';
import { float16Bits } from '../../core/float16.ts';
import type { Float32Tensor } from '../../core/tensor.ts';
import { hostIsLittleEndian } from './decode.ts';
import { bytesPerElement, isCount, type StoredDtype } from './dtype.ts';

/** The precision of a file's weights. */
export type WeightPrecision = 'float32' | 'float16';

/** The element types that the writers write. */
export type WrittenDtype = WeightPrecision | 'int64';

/**
 * The element type of a tensor in a file of the given precision. Integers (`num_batches_tracked`) stay integers.
 * Vectors – biases and batch-norm statistics – stay float32 in a half-precision file: they are under 1 % of its size,
 * and variances are the first values to exceed float16's range.
 */
export function writtenDtype(
  stored: StoredDtype,
  shape: readonly number[],
  precision: WeightPrecision,
): WrittenDtype {
  if (isCount(stored)) return 'int64';
  return shape.length < 2 ? 'float32' : precision;
}

/**
 * The little-endian bytes of a tensor; for float32 possibly a view of its data.
 * @throws InputError that names the tensor where a finite value does not fit float16.
 */
export function encodeTensor(key: string, tensor: Float32Tensor, dtype: WrittenDtype): Uint8Array {
  const { data } = tensor;
  if (dtype === 'float32' && hostIsLittleEndian) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  const bytes = new Uint8Array(data.length * bytesPerElement[dtype]);
  const view = new DataView(bytes.buffer);
  if (dtype === 'float32') {
    for (let i = 0; i < data.length; i++) view.setFloat32(i * 4, data[i]!, true);
  } else if (dtype === 'int64') {
    for (let i = 0; i < data.length; i++) view.setBigInt64(i * 8, BigInt(Math.round(data[i]!)), true);
  } else {
    for (let i = 0; i < data.length; i++) view.setUint16(i * 2, checkedFloat16(key, data[i]!), true);
  }
  return bytes;
}

function checkedFloat16(key: string, value: number): number {
  const bits = float16Bits(value);
  if ((bits & 0x7fff) === 0x7c00 && Number.isFinite(value)) {
    throw new InputError(key, `${value} does not fit float16 (at most ±65504); write the file as float32`);
  }
  return bits;
}
