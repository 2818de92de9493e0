import { writeAtomically } from '../../core/node/atomic-write.ts';
import { sizeOf } from '../../core/tensor.ts';
import { bytesPerElement } from '../elements/dtype.ts';
import { encodeTensor, type WeightPrecision, type WrittenDtype, writtenDtype } from '../elements/encode.ts';
import type { WeightFile } from '../weight-file.ts';

export interface SafetensorsOptions {
  /** Default `float32`. In a `float16` file vectors stay float32 (see `writtenDtype`). */
  dtype?: WeightPrecision;
  /** Strings in the header. */
  metadata?: Readonly<Record<string, string>>;
}

const formatNames: Record<WrittenDtype, string> = { float32: 'F32', float16: 'F16', int64: 'I64' };

/**
 * Writes tensors as `.safetensors`, one at a time.
 * @throws InputError where the file cannot be written, or a value does not fit float16.
 */
export async function writeSafetensors(
  path: string,
  weights: WeightFile,
  options: SafetensorsOptions = {},
): Promise<void> {
  await writeAtomically(path, async (file) => {
    for await (const chunk of encodeSafetensors(weights, options)) await file.writeFile(chunk);
  });
}

/** The bytes of a `.safetensors` file in order: the header, then each tensor. */
export async function* encodeSafetensors(
  weights: WeightFile,
  options: SafetensorsOptions = {},
): AsyncGenerator<Uint8Array> {
  const planned = weights.keys().map((key) => {
    const shape = weights.shapeOf(key);
    return { key, shape, dtype: writtenDtype(weights.dtypeOf(key), shape, options.dtype ?? 'float32') };
  });
  // Wide elements first, so that every tensor is aligned; the sort is otherwise stable.
  planned.sort((a, b) => bytesPerElement[b.dtype] - bytesPerElement[a.dtype]);
  const header: [string, unknown][] = options.metadata ? [['__metadata__', options.metadata]] : [];
  let position = 0;
  for (const { key, shape, dtype } of planned) {
    const end = position + sizeOf(shape) * bytesPerElement[dtype];
    header.push([key, { dtype: formatNames[dtype], shape, data_offsets: [position, end] }]);
    position = end;
  }
  yield encodeHeader(Object.fromEntries(header));
  for (const { key, dtype } of planned) yield encodeTensor(key, await weights.read(key), dtype);
}

/** Length and JSON, padded with spaces so that the data starts at a multiple of 8. */
export function encodeHeader(header: Record<string, unknown>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
