import { decodeFloat16, float16Value } from '../../core/float16.ts';
import { bytesPerElement, type StoredDtype } from './dtype.ts';

/** Whether this machine's typed arrays are little-endian. */
export const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type ElementReader = (view: DataView, at: number, littleEndian: boolean) => number;

const elementReaders: Record<StoredDtype, ElementReader> = {
  float64: (view, at, little) => view.getFloat64(at, little),
  float32: (view, at, little) => view.getFloat32(at, little),
  float16: (view, at, little) => float16Value(view.getUint16(at, little)),
  bfloat16: (view, at, little) => bfloat16Value(view.getUint16(at, little)),
  int64: (view, at, little) => Number(view.getBigInt64(at, little)),
  int32: (view, at, little) => view.getInt32(at, little),
  int16: (view, at, little) => view.getInt16(at, little),
  int8: (view, at) => view.getInt8(at),
  uint64: (view, at, little) => Number(view.getBigUint64(at, little)),
  uint32: (view, at, little) => view.getUint32(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
};

/**
 * Converts stored elements to float32. float64 and integers beyond ±2^24 are rounded to the nearest float32.
 * @param bytes A whole number of elements. float32 in the host's byte order is not copied: the result is a view of it.
 * @param littleEndian The byte order of the file.
 */
export function decodeFloat32(bytes: Uint8Array, dtype: StoredDtype, littleEndian = true): Float32Array {
  const size = bytesPerElement[dtype];
  const length = bytes.length / size;
  if (dtype === 'float32' && littleEndian === hostIsLittleEndian && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, length);
  }
  if (dtype === 'float16' && littleEndian === hostIsLittleEndian && bytes.byteOffset % 2 === 0) {
    return decodeFloat16(new Uint16Array(bytes.buffer, bytes.byteOffset, length));
  }
  if (dtype === 'int8') return Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readElement = elementReaders[dtype];
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = readElement(view, i * size, littleEndian);
  return values;
}

const scratch = new Uint32Array(1);
const scratchValue = new Float32Array(scratch.buffer);

/** bfloat16 is the upper half of a float32. */
function bfloat16Value(bits: number): number {
  scratch[0] = bits << 16;
  return scratchValue[0]!;
}
