import { roundToInt8Rows } from '../../core/int8-rows.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { float32Tensor, sizeOf } from '../../core/tensor.ts';
import { bytesPerElement } from '../elements/dtype.ts';
import { encodeTensor, type WeightPrecision, type WrittenDtype, writtenDtype } from '../elements/encode.ts';
import type { WeightFile } from '../weight-file.ts';
import { scalesSuffix } from './int8.ts';

export interface SafetensorsOptions {
  /** Default `float32`. In a `float16` file vectors stay float32 (see `writtenDtype`). */
  dtype?: WeightPrecision;
  /** Names of the tensors to round to eight bits, row by row. Default: none. */
  int8?: ReadonlySet<string>;
  /** Strings in the header. */
  metadata?: Readonly<Record<string, string>>;
}

const formatNames: Record<Planned['dtype'], string> = {
  float32: 'F32',
  float16: 'F16',
  int64: 'I64',
  int8: 'I8',
};

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

interface Planned {
  readonly key: string;
  readonly shape: readonly number[];
  readonly dtype: WrittenDtype | 'int8';
  bytes(): Promise<Uint8Array>;
}

/** The bytes of a `.safetensors` file in order: the header, then each tensor. */
export async function* encodeSafetensors(
  weights: WeightFile,
  options: SafetensorsOptions = {},
): AsyncGenerator<Uint8Array> {
  const { dtype = 'float32', int8, metadata } = options;
  const planned = weights
    .keys()
    .flatMap((key) => (int8?.has(key) ? inInt8(weights, key) : [inPrecision(weights, key, dtype)]));
  // Wide elements first, so that every tensor is aligned; the sort is otherwise stable.
  planned.sort((a, b) => bytesPerElement[b.dtype] - bytesPerElement[a.dtype]);
  const header: [string, unknown][] = metadata ? [['__metadata__', metadata]] : [];
  let position = 0;
  for (const { key, shape, dtype } of planned) {
    const end = position + sizeOf(shape) * bytesPerElement[dtype];
    header.push([key, { dtype: formatNames[dtype], shape, data_offsets: [position, end] }]);
    position = end;
  }
  yield encodeHeader(Object.fromEntries(header));
  for (const { bytes } of planned) yield await bytes();
}

function inPrecision(weights: WeightFile, key: string, precision: WeightPrecision): Planned {
  const shape = weights.shapeOf(key);
  const dtype = writtenDtype(weights.dtypeOf(key), shape, precision);
  return { key, shape, dtype, bytes: async () => encodeTensor(key, await weights.read(key), dtype) };
}

/** Whole numbers and, as another tensor, the scale of each row. */
function inInt8(weights: WeightFile, key: string): Planned[] {
  const shape = weights.shapeOf(key);
  const rows = async () => roundToInt8Rows((await weights.read(key)).data, shape[0]);
  const bytes = async () => new Uint8Array((await rows()).data.buffer);
  const scales = async () => {
    const name = key + scalesSuffix;
    return encodeTensor(name, float32Tensor([shape[0]], (await rows()).scales), 'float32');
  };
  return [
    { key, shape, dtype: 'int8', bytes },
    { key: key + scalesSuffix, shape: [shape[0]], dtype: 'float32', bytes: scales },
  ];
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
