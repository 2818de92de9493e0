import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { largest } from '../../core/extremes.ts';
import { ArrayWalk } from '../json/array.ts';
import { BytePool } from './byte-pool.ts';
import { RecordReader, refuseTopLevel } from './record-reader.ts';
import { field, fitsImage, type RecordChunk, RecordStore, rowLength } from './record-store.ts';
import { ResultsTable } from './results-table.ts';
import type { CocoImage } from './types.ts';

/*
 * A results file can be read in parts by several threads. It is cut after commas that seem to separate records: those
 * between } and {. In brackets, each part is then an array of records; if all of them are read without an error, then
 * so is the file, and its records are theirs, wherever the cuts were. If one is not, the file has to be read from its
 * start (`readCocoResults`), which finds the error and where it is.
 */

const cut = /\}\s*,(?=\s*\{)/;
/** Where a cut is looked for: this many bytes from where one is wanted. */
const searchBytes = 1 << 16;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** The parts of a file that threads read, and how far they are. */
export interface ResultsParts {
  readonly path: string;
  /** Offsets in the file: part i reaches from the i-th to the next. */
  readonly bounds: readonly number[];
  /** [1] of the first part that no thread has taken, in shared memory. */
  readonly next: Int32Array;
}

/** The records of a part; images by id. */
export interface ReadPart {
  readonly part: number;
  readonly chunks: readonly RecordChunk[];
}

/**
 * Cuts a results file; null if it is shorter than two parts, or has polygons, which take the sizes of the pictures to
 * read.
 */
export function cutResults(path: string, partBytes: number): ResultsParts | null {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const text = Buffer.alloc(searchBytes);
    const search = (pattern: RegExp, offset: number) => {
      const length = readSync(file, text, 0, searchBytes, offset);
      return pattern.exec(text.toString('latin1', 0, length));
    };
    if (search(/"segmentation"\s*:\s*\[\s*\[/, 0) !== null) return null;
    const bounds = [0];
    for (let wanted = partBytes; wanted < size; wanted += partBytes) {
      if (wanted < bounds[bounds.length - 1]) continue;
      const found = search(cut, wanted);
      if (found !== null) bounds.push(wanted + found.index + found[0].length);
    }
    bounds.push(size);
    if (bounds.length < 3) return null;
    return { path, bounds, next: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
  } finally {
    closeSync(file);
  }
}

/**
 * Reads parts, one after the other, until other threads have taken the rest.
 * @param onPart Called with the number of the part that is read next, before it is read.
 * @throws what `readCocoResults` throws, but without the place in the file.
 */
export async function takeParts(
  { path, bounds, next }: ResultsParts,
  onPart?: (part: number) => Promise<void>,
): Promise<ReadPart[]> {
  const parts = bounds.length - 1;
  const longest = largest(bounds.slice(1).map((end, i) => end - bounds[i]));
  const pool = new BytePool();
  const read: ReadPart[] = [];
  const file = openSync(path, 'r');
  try {
    // A bracket before the part, and a zero behind it.
    const bytes = Buffer.alloc(longest + 2);
    for (let part = Atomics.add(next, 0, 1); part < parts; part = Atomics.add(next, 0, 1)) {
      await onPart?.(part);
      const end = 1 + readSync(file, bytes, 1, bounds[part + 1] - bounds[part], bounds[part]);
      bytes[0] = openBracket;
      if (part < parts - 1) bytes[end - 1] = closeBracket;
      bytes[end] = 0;
      const store = new RecordStore(pool);
      const reader = new RecordReader(path, store);
      const walk = new ArrayWalk(
        (json, index) => reader.read(json, index),
        (json) => refuseTopLevel(path, json),
      );
      walk.json.use(part === 0 ? bytes.subarray(1) : bytes, part === 0 ? end - 1 : end);
      walk.run(path);
      read.push({ part, chunks: store.chunks });
    }
  } catch (error) {
    // The others need not go on.
    Atomics.store(next, 0, parts);
    throw error;
  } finally {
    closeSync(file);
  }
  return read;
}

/** The table of all parts; null if a record does not fit its image, which `readCocoResults` reports. */
export function joinParts(
  path: string,
  parts: readonly ReadPart[],
  images: readonly CocoImage[],
): ResultsTable | null {
  const chunks = parts.toSorted((a, b) => a.part - b.part).flatMap((part) => part.chunks);
  const indices = new Map(images.map(({ id }, index) => [id, index]));
  for (const { rows, count } of chunks) {
    for (let at = 0; at < count * rowLength; at += rowLength) {
      const index = indices.get(rows[at + field.image]);
      if (index === undefined || !fitsImage(rows, at, images[index])) return null;
      rows[at + field.image] = index;
    }
  }
  return new ResultsTable(path, images, chunks);
}
