import { type TiffDirectory, tag } from './tags.ts';
import { openTiffFile, readBytes, type TiffFile } from './tiff-file.ts';

const wanted: ReadonlySet<number> = new Set(Object.values(tag));

/** Pages whose tags are read; a longer stack consists of pages like these. */
const maxDirectories = 4096;
const maxValueBytes = 1 << 20;
/** OME-XML has some hundred bytes for each page. */
const maxTextBytes = 1 << 25;
/** The places of 8 million strips or tiles. */
const maxDataBytes = 1 << 26;

/** Bytes of each type, by its number. */
const typeBytes: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/**
 * The pages of a TIFF or BigTIFF, with the tags that decide how it is decoded and where it lies on the earth.
 * @param source A path, or the bytes of the file.
 * @param most Number of pages to read at most.
 * @returns Empty for any other file, and for one whose first directory is damaged.
 * @throws What opening or reading the file throws.
 */
export async function readTiffDirectories(
  source: string | Uint8Array,
  most = maxDirectories,
): Promise<TiffDirectory[]> {
  const file = await openTiffFile(source);
  try {
    return await new DirectoryReader(file).first(most);
  } finally {
    await file.close();
  }
}

/** The values of a page's tags as they are in the file. */
export interface TiffValues {
  /** Whether the least significant byte of a number is the first. */
  readonly isLittle: boolean;
  readonly values: ReadonlyMap<number, TiffValue>;
}

export interface TiffValue {
  /** The number of the type in TIFF. */
  readonly type: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  /** Empty for types that are not numbers. */
  readonly numbers: readonly number[];
}

/**
 * The values of some tags of a page, with the places of its data.
 * @throws RangeError where the directory is not in the file; what reading the file throws.
 */
export async function readTiffValues(
  file: TiffFile,
  directory: TiffDirectory,
  tags: ReadonlySet<number>,
): Promise<TiffValues> {
  return new DirectoryReader(file).values(directory.at, tags);
}

interface Value {
  readonly type: number;
  readonly bytes: number;
  readonly view: DataView;
}

class DirectoryReader {
  readonly #file: TiffFile;
  #little = true;
  #big = false;

  constructor(file: TiffFile) {
    this.#file = file;
  }

  async first(most: number): Promise<TiffDirectory[]> {
    const directories: TiffDirectory[] = [];
    try {
      const seen = new Set<number>();
      let offset = await this.#start();
      while (offset > 0 && !seen.has(offset) && directories.length < most) {
        seen.add(offset);
        const { directory, next } = await this.#directory(offset, directories.length === 0);
        directories.push(directory);
        offset = next;
      }
    } catch (error) {
      // A damaged file: the decoder says what is wrong.
      if (!(error instanceof RangeError)) throw error;
    }
    return directories;
  }

  async values(offset: number, tags: ReadonlySet<number>): Promise<TiffValues> {
    await this.#start();
    const values = new Map<number, TiffValue>();
    const { entries, at } = await this.#entries(offset);
    for (const each of at) {
      const code = entries.getUint16(each, this.#little);
      if (!tags.has(code)) continue;
      const value = await this.#value(entries, each, { most: maxDataBytes });
      if (value === undefined) continue;
      const { view, type, bytes } = value;
      values.set(code, {
        type,
        count: bytes / (typeBytes[type] ?? 1),
        bytes: new Uint8Array(view.buffer, view.byteOffset, bytes),
        numbers: this.#numbers(value),
      });
    }
    return { isLittle: this.#little, values };
  }

  async #read(offset: number, length: number): Promise<DataView> {
    const { buffer, byteOffset, byteLength } = await readBytes(this.#file, offset, length);
    return new DataView(buffer, byteOffset, byteLength);
  }

  /** The offset of the first directory; 0 if the file is not a TIFF. */
  async #start(): Promise<number> {
    const header = await this.#read(0, 8);
    const order = header.getUint16(0);
    if (order !== 0x4949 && order !== 0x4d4d) return 0;
    this.#little = order === 0x4949;
    const version = header.getUint16(2, this.#little);
    if (version === 42) return header.getUint32(4, this.#little);
    if (version !== 43) return 0;
    this.#big = true;
    return Number((await this.#read(8, 8)).getBigUint64(0, this.#little));
  }

  async #directory(offset: number, isFirst: boolean): Promise<{ directory: TiffDirectory; next: number }> {
    const { entries, at, end } = await this.#entries(offset);
    const numbers = new Map<number, readonly number[]>();
    let description = '';
    let dataAt = 0;
    for (const each of at) {
      const code = entries.getUint16(each, this.#little);
      if (!wanted.has(code) || (code === tag.description && !isFirst)) continue;
      const value = await this.#value(entries, each, {
        most: code === tag.description ? maxTextBytes : maxValueBytes,
        isFirstOnly: code === tag.stripOffsets,
      });
      if (value === undefined) continue;
      if (code === tag.description) description = text(value.view, value.bytes);
      else if (code === tag.stripOffsets) dataAt = this.#numbers(value)[0] ?? 0;
      else numbers.set(code, this.#numbers(value));
    }
    const next = this.#pointer(entries, end);
    const dataBytes = Math.max(this.#file.size - dataAt, 0);
    return { directory: { numbers, description, at: offset, dataAt, dataBytes }, next };
  }

  /** The entries of a directory, where each is among them, and where they end. */
  async #entries(offset: number): Promise<{ entries: DataView; at: number[]; end: number }> {
    const [countBytes, entryBytes, pointerBytes] = this.#big ? [8, 20, 8] : [2, 12, 4];
    const head = await this.#read(offset, countBytes);
    const count = this.#big ? Number(head.getBigUint64(0, this.#little)) : head.getUint16(0, this.#little);
    if (count > 65_535) throw new RangeError('too many tags');
    const entries = await this.#read(offset + countBytes, count * entryBytes + pointerBytes);
    return { entries, at: Array.from({ length: count }, (_, i) => i * entryBytes), end: count * entryBytes };
  }

  #pointer(view: DataView, at: number): number {
    return this.#big ? Number(view.getBigUint64(at, this.#little)) : view.getUint32(at, this.#little);
  }

  /** Undefined for a value that is too long, or not in the file. */
  async #value(
    entries: DataView,
    at: number,
    { most, isFirstOnly = false }: { most: number; isFirstOnly?: boolean },
  ): Promise<Value | undefined> {
    const type = entries.getUint16(at + 2, this.#little);
    const count = this.#pointer(entries, at + 4);
    const each = typeBytes[type] ?? 0;
    const all = count * each;
    const bytes = isFirstOnly ? Math.min(all, each) : all;
    const inline = this.#big ? 12 : 8;
    if (bytes > most) return undefined;
    const isInline = all <= inline - 4;
    if (isInline) {
      return { type, bytes, view: new DataView(entries.buffer, entries.byteOffset + at + inline, bytes) };
    }
    try {
      return { type, bytes, view: await this.#read(this.#pointer(entries, at + inline), bytes) };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #numbers({ type, bytes, view }: Value): number[] {
    const size = typeBytes[type] ?? 0;
    const little = this.#little;
    const readers: Readonly<Record<number, (at: number) => number>> = {
      1: (at) => view.getUint8(at),
      3: (at) => view.getUint16(at, little),
      4: (at) => view.getUint32(at, little),
      5: (at) => view.getUint32(at, little) / view.getUint32(at + 4, little),
      8: (at) => view.getInt16(at, little),
      9: (at) => view.getInt32(at, little),
      11: (at) => view.getFloat32(at, little),
      12: (at) => view.getFloat64(at, little),
      16: (at) => Number(view.getBigUint64(at, little)),
    };
    const reader = readers[type];
    if (reader === undefined || size === 0) return [];
    return Array.from({ length: Math.floor(bytes / size) }, (_, i) => reader(i * size));
  }
}

function text(view: DataView, bytes: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset, bytes)).replace(/\0+$/, '');
}
