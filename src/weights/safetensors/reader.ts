import { InputError } from '../../core/errors.ts';
import { parseJson } from '../../core/parse-json.ts';
import { printable } from '../../core/printable.ts';
import { sizeOf } from '../../core/tensor.ts';
import type { ByteSource } from '../byte-source.ts';
import { decodeFloat32 } from '../elements/decode.ts';
import { bytesPerElement, type StoredDtype } from '../elements/dtype.ts';
import { type WeightEntry, type WeightFile, weightFile } from '../weight-file.ts';
import { withInt8Rows } from './int8.ts';

/** The format's names of element types. The 8-bit floats, which these models do not use, are not supported. */
const dtypeNames: ReadonlyMap<string, StoredDtype> = new Map([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U64', 'uint64'],
  ['U32', 'uint32'],
  ['U16', 'uint16'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
]);

/** Enough for 100,000 tensors. The reference implementation allows 100 MB, which takes a gigabyte when parsed. */
const maxHeaderBytes = 16 * 2 ** 20;

/** A tensor, as the header describes it. */
interface TensorInfo {
  key: string;
  dtype: StoredDtype;
  shape: number[];
  /** Bytes from the end of the header. */
  begin: number;
  end: number;
}

/**
 * Opens a `.safetensors` file: reads and checks its header; tensors are read by range on demand.
 * Format: https://huggingface.co/docs/safetensors. As in the reference implementation, the tensors must fill
 * the rest of the file without overlap or gap. Closing the result closes the source.
 * @throws InputError that says what is wrong with the file.
 */
export async function readSafetensors(source: ByteSource): Promise<WeightFile> {
  const { header, dataStart } = await readHeader(source);
  const { __metadata__, ...tensors } = header;
  const infos = Object.entries(tensors).map(([key, value]) => parseInfo(source, key, value));
  checkLayout(source, infos, source.size - dataStart);
  const entries = new Map<string, WeightEntry>();
  const bytes = new Map<string, () => Promise<Uint8Array>>();
  for (const { key, dtype, shape, begin, end } of infos) {
    const readBytes = () => source.read(dataStart + begin, end - begin);
    bytes.set(key, readBytes);
    entries.set(key, { shape, dtype, read: async () => decodeFloat32(await readBytes(), dtype) });
  }
  const readInt8 = async (key: string) => {
    const stored = await bytes.get(key)!();
    return new Int8Array(stored.buffer, stored.byteOffset, stored.length);
  };
  const metadata = parseMetadata(source, __metadata__);
  return weightFile(source.name, withInt8Rows(entries, readInt8), { metadata, close: () => source.close() });
}

/**
 * Reads the header, of which only the form is checked, and where the data after it starts.
 * @throws InputError where it is not the header of a safetensors file.
 */
export async function readHeader(
  source: ByteSource,
): Promise<{ header: Record<string, unknown>; dataStart: number }> {
  const length = await readHeaderLength(source);
  return { header: parseHeader(source, await source.read(8, length)), dataStart: 8 + length };
}

async function readHeaderLength(source: ByteSource): Promise<number> {
  if (source.size < 8) {
    throw new InputError(
      source.name,
      `is not a safetensors file: it has ${source.size} bytes, its header alone needs 8`,
    );
  }
  const prefix = await source.read(0, 8);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > maxHeaderBytes) {
    throw new InputError(
      source.name,
      `is not a safetensors file: it declares a header of ${length} bytes, at most ${maxHeaderBytes} are allowed`,
    );
  }
  if (8 + length > source.size) {
    throw new InputError(
      source.name,
      `truncated: its header ends at byte ${8 + length}, the file has ${source.size}`,
    );
  }
  return length;
}

function parseHeader(source: ByteSource, bytes: Uint8Array): Record<string, unknown> {
  const header = parseJson(source.name, textOf(source, bytes), 'the safetensors header');
  if (!isRecord(header)) throw new InputError(source.name, 'the safetensors header is not a JSON object');
  return header;
}

function textOf({ name }: ByteSource, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(name, 'the safetensors header is not JSON (it is not UTF-8)', { cause: error });
  }
}

function parseMetadata(source: ByteSource, value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new InputError(source.name, '__metadata__ is not an object of strings');
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string')
        throw new InputError(source.name, `__metadata__ entry ${printable(key)} is not a string`);
      return [key, text];
    }),
  );
}

function parseInfo(source: ByteSource, key: string, value: unknown): TensorInfo {
  const fail = (problem: string) => new InputError(source.name, `tensor ${printable(key)}: ${problem}`);
  if (!isRecord(value)) throw fail('its entry in the header is not an object');
  const dtype = typeof value.dtype === 'string' ? dtypeNames.get(value.dtype) : undefined;
  if (!dtype) {
    throw fail(
      `dtype ${printable(JSON.stringify(value.dtype) ?? 'none')} is not one of ${[...dtypeNames.keys()].join(', ')}`,
    );
  }
  if (!isCounts(value.shape)) throw fail('its shape is not a list of non-negative integers');
  const offsets = value.data_offsets;
  if (!isCounts(offsets) || offsets.length !== 2) throw fail('data_offsets is not a pair [begin, end]');
  const [begin, end] = offsets as [number, number];
  const expected = sizeOf(value.shape) * bytesPerElement[dtype];
  if (end - begin !== expected) {
    throw fail(`${value.dtype} [${value.shape.join(', ')}] needs ${expected} bytes, has ${end - begin}`);
  }
  return { key, dtype, shape: value.shape, begin, end };
}

/** The tensors, in the order of their offsets, must fill `dataLength` bytes exactly. */
function checkLayout(source: ByteSource, infos: readonly TensorInfo[], dataLength: number): void {
  let position = 0;
  for (const { key, begin, end } of infos.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < position)
      throw new InputError(source.name, `tensor ${printable(key)} overlaps the one before it`);
    if (begin > position) {
      throw new InputError(
        source.name,
        `${begin - position} bytes before tensor ${printable(key)} do not belong to any tensor`,
      );
    }
    position = end;
  }
  if (position > dataLength) {
    throw new InputError(
      source.name,
      `truncated: its tensors take ${position} bytes, ${dataLength} follow the header`,
    );
  }
  if (position < dataLength) {
    throw new InputError(
      source.name,
      `${dataLength - position} bytes after the last tensor do not belong to any tensor`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
