import { InputError } from '../core/errors.ts';
import { type Int8Rows, Int8RowsTensor } from '../core/int8-rows.ts';
import { printable } from '../core/printable.ts';
import { type Float32Tensor, float32Tensor } from '../core/tensor.ts';
import type { StoredDtype } from './elements/dtype.ts';

/** Named tensors, read one at a time. */
export interface WeightFile {
  /** The path, or another name for error messages. */
  readonly name: string;
  /** Strings that the file holds besides the tensors; empty where its format has none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Names, in the order of the file. */
  keys(): string[];
  /** @throws InputError where there is no such key. */
  shapeOf(key: string): readonly number[];
  /** The element type in the file, before the conversion to float32. @throws InputError where there is no such key. */
  dtypeOf(key: string): StoredDtype;
  /**
   * Reads one tensor and converts it to float32, row-major.
   * @throws InputError where there is no such key or the file is damaged.
   */
  read(key: string): Promise<Float32Tensor>;
  close(): Promise<void>;
}

/** One tensor of a file. */
export interface WeightEntry {
  readonly shape: readonly number[];
  readonly dtype: StoredDtype;
  /** Row-major elements as float32. */
  read(): Promise<Float32Array>;
  /** The whole numbers and scales of a tensor that is stored in them. */
  readRows?: () => Promise<Int8Rows>;
}

export interface WeightFileOptions {
  metadata?: Readonly<Record<string, string>>;
  /** Called by the file's `close`. */
  close?: () => Promise<void>;
}

/** A `WeightFile` of entries, in the order of the map. */
export function weightFile(
  name: string,
  entries: ReadonlyMap<string, WeightEntry>,
  options: WeightFileOptions = {},
): WeightFile {
  const entryOf = (key: string): WeightEntry => {
    const entry = entries.get(key);
    if (!entry) throw new InputError(name, `has no tensor ${key}`);
    return entry;
  };
  return {
    name,
    metadata: options.metadata ?? {},
    keys: () => [...entries.keys()],
    shapeOf: (key) => entryOf(key).shape,
    dtypeOf: (key) => entryOf(key).dtype,
    read: async (key) => {
      const entry = entryOf(key);
      if (entry.readRows) return new Int8RowsTensor(entry.shape, await entry.readRows());
      return float32Tensor(entry.shape, await entry.read());
    },
    close: options.close ?? (async () => {}),
  };
}

/** A `WeightFile` of tensors in memory; `read` does not copy them. */
export function memoryWeights(name: string, tensors: ReadonlyMap<string, Float32Tensor>): WeightFile {
  const entries = new Map<string, WeightEntry>();
  for (const [key, { shape, data }] of tensors) {
    entries.set(key, { shape, dtype: 'float32', read: async () => data });
  }
  return weightFile(name, entries);
}

/**
 * Reads tensors, several at a time.
 * @throws InputError where one is missing or damaged.
 */
export async function readTensors(
  file: WeightFile,
  names: Iterable<string>,
): Promise<Map<string, Float32Tensor>> {
  const read = Array.from(
    names,
    async (name): Promise<[string, Float32Tensor]> => [name, await file.read(name)],
  );
  return new Map(await Promise.all(read));
}

/** Whether all matrices and kernels of a file have at most half precision, so that computing in it loses none of theirs. */
export function isStoredInHalf(file: WeightFile): boolean {
  const matrices = file.keys().filter((key) => file.shapeOf(key).length >= 2);
  return matrices.every((key) => ['float16', 'int8'].includes(file.dtypeOf(key)));
}

/**
 * The same tensors under other names, in the same order. Closing it closes the original.
 * @throws InputError where two tensors get the same name.
 */
export function renamedWeights(file: WeightFile, rename: (key: string) => string): WeightFile {
  const entries = new Map<string, WeightEntry>();
  for (const key of file.keys()) {
    const name = rename(key);
    if (entries.has(name))
      throw new InputError(file.name, `contains ${printable(name)} twice, under its old and its new name`);
    const read = async () => (await file.read(key)).data;
    entries.set(name, { shape: file.shapeOf(key), dtype: file.dtypeOf(key), read });
  }
  return weightFile(file.name, entries, { metadata: file.metadata, close: () => file.close() });
}

/** Key → shape of every tensor. */
export function shapesOf(file: WeightFile): Map<string, readonly number[]> {
  return new Map(file.keys().map((key) => [key, file.shapeOf(key)]));
}
