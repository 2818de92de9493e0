import { readTiffValues, type TiffValue, type TiffValues } from './directory.ts';
import { firstOf, type TiffDirectory, tag } from './tags.ts';
import { openTiffFile, type TiffFile } from './tiff-file.ts';

/** Tags that say how the data are decoded, with those of `tag`. */
const rowsPerStrip = 278;
const stripByteCounts = 279;
const tileOffsets = 324;
const copied: ReadonlySet<number> = new Set([
  ...[tag.width, tag.bitsPerSample, tag.compression, tag.orientation, tag.samplesPerPixel],
  ...[tag.planarConfiguration, tag.predictor, tag.tileWidth, tag.tileLength, tag.extraSamples],
  tag.sampleFormat,
  ...[266, 347], // FillOrder, JPEGTables
]);
const places = [tag.stripOffsets, stripByteCounts, rowsPerStrip, tileOffsets, tag.tileByteCounts];
const wanted: ReadonlySet<number> = new Set([...copied, ...places]);

const [short, long, long8] = [3, 4, 16];
const rgb = 2;

/** Rows that are read at once of a page that is one strip without compression. */
const plainRows = 64;
/** What is read of a file at once. */
const maxBytes = 2 ** 31 - 1;

export interface Rows {
  readonly top: number;
  readonly height: number;
}

export interface PartOfPage {
  /** A TIFF of one page, which is said to be RGB. */
  readonly bytes: Uint8Array;
  /** The row of the page that is its first. */
  readonly top: number;
}

/** A strip or a tile. */
interface Block {
  readonly at: number;
  readonly count: number;
}

/** Strips, or rows of tiles. */
interface Layout {
  /** Of each plane. */
  readonly blocks: readonly (readonly Block[])[];
  readonly rows: number;
  readonly isTiled: boolean;
  /** Tiles side by side. */
  readonly across: number;
}

/**
 * Copies the strips or tiles of a page that hold some of its rows.
 * @param rows Undefined for all; of no height for the tags alone.
 * @returns Undefined where they have too many bytes to be read at once.
 * @throws RangeError where the directory is not in the file; what opening or reading the file throws.
 */
export async function partOfPage(
  source: string | Uint8Array,
  directory: TiffDirectory,
  rows?: Rows,
): Promise<PartOfPage | undefined> {
  const file = await openTiffFile(source);
  try {
    const tags = await readTiffValues(file, directory, wanted);
    const height = firstOf(directory, 'height');
    const layout = layoutOf(tags, directory);
    if (rows?.height === 0) return { bytes: tiffOf(tags, { height, layout, blocks: [], data: 0 }), top: 0 };
    const { top, height: count } = rows ?? { top: 0, height };
    const first = Math.floor(top / layout.rows);
    const end = Math.ceil((top + count) / layout.rows);
    const blocks = layout.blocks.flatMap((plane) => plane.slice(first * layout.across, end * layout.across));
    const data = blocks.reduce((sum, block) => sum + held(block, file), 0);
    if (data > maxBytes) return undefined;
    const from = first * layout.rows;
    const bytes = tiffOf(tags, {
      height: Math.min(end * layout.rows, height) - from,
      ...{ layout, blocks: blocks.map((block) => ({ ...block, held: held(block, file) })), data },
    });
    await readBlocks(file, blocks, bytes.subarray(bytes.length - data));
    return { bytes, top: from };
  } finally {
    await file.close();
  }
}

/** The bytes of a block that are copied: none of one that is not wholly in the file. */
function held({ at, count }: Block, { size }: TiffFile): number {
  return at + count <= size ? count : 0;
}

function layoutOf({ values }: TiffValues, directory: TiffDirectory): Layout {
  const numbers = (code: number) => values.get(code)?.numbers ?? [];
  const size = { width: firstOf(directory, 'width'), height: firstOf(directory, 'height') };
  const planes = firstOf(directory, 'planarConfiguration') === 2 ? firstOf(directory, 'samplesPerPixel') : 1;
  const isTiled = values.has(tag.tileWidth);
  if (isTiled) {
    const across = Math.ceil(size.width / Math.max(firstOf(directory, 'tileWidth'), 1));
    const rows = Math.max(firstOf(directory, 'tileLength'), 1);
    const blocks = numbers(tileOffsets).map((at, i) => ({ at, count: numbers(tag.tileByteCounts)[i] ?? 0 }));
    return { blocks: divided(blocks, planes), rows, isTiled, across };
  }
  const rows = Math.max(Math.min(numbers(rowsPerStrip)[0] ?? size.height, size.height), 1);
  const isPlain = firstOf(directory, 'compression') === 1;
  const bits = firstOf(directory, 'bitsPerSample') * (firstOf(directory, 'samplesPerPixel') / planes);
  const rowBytes = Math.ceil((size.width * bits) / 8);
  const strips = Math.ceil(size.height / rows);
  const blocks = numbers(tag.stripOffsets).map((at, i) => {
    const height = Math.min(rows, size.height - (i % strips) * rows);
    return { at, count: isPlain ? height * rowBytes : (numbers(stripByteCounts)[i] ?? 0) };
  });
  if (!isPlain || strips > 1) return { blocks: divided(blocks, planes), rows, isTiled, across: 1 };
  return {
    blocks: blocks.map(({ at, count }) => {
      const bytes = plainRows * rowBytes;
      const parts = Math.ceil(size.height / plainRows);
      return Array.from({ length: parts }, (_, i) => ({
        at: at + i * bytes,
        count: Math.min(bytes, count - i * bytes),
      }));
    }),
    ...{ rows: plainRows, isTiled, across: 1 },
  };
}

function divided(blocks: readonly Block[], planes: number): Block[][] {
  const each = Math.ceil(blocks.length / planes);
  return Array.from({ length: planes }, (_, i) => blocks.slice(i * each, (i + 1) * each));
}

interface Content {
  readonly height: number;
  readonly layout: Layout;
  /** With the bytes of each that are in the data. */
  readonly blocks: readonly (Block & { held: number })[];
  /** Bytes of the data, which end the file. */
  readonly data: number;
}

/** A BigTIFF, whose numbers are ordered as in the file, with room for the data. */
function tiffOf({ isLittle, values }: TiffValues, { height, layout, blocks, data }: Content): Uint8Array {
  const made = new Map<number, Pick<TiffValue, 'type' | 'count' | 'bytes'>>(
    [...values].filter(([code]) => copied.has(code)),
  );
  const numbers = (code: number, type: number, list: readonly number[]) => {
    const size = { [short]: 2, [long]: 4, [long8]: 8 }[type] ?? 1;
    const bytes = new Uint8Array(size * list.length);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of list.entries()) {
      if (size === 2) view.setUint16(2 * i, value, isLittle);
      else if (size === 4) view.setUint32(4 * i, value, isLittle);
      else view.setBigUint64(8 * i, BigInt(value), isLittle);
    }
    made.set(code, { type, count: list.length, bytes });
  };
  numbers(tag.height, long, [height]);
  numbers(tag.photometric, short, [rgb]);
  if (!layout.isTiled) numbers(rowsPerStrip, long, [layout.rows]);
  const none = blocks.length === 0 ? [0] : undefined;
  const offsetsCode = layout.isTiled ? tileOffsets : tag.stripOffsets;
  numbers(
    layout.isTiled ? tag.tileByteCounts : stripByteCounts,
    long8,
    none ?? blocks.map(({ count }) => count),
  );
  numbers(offsetsCode, long8, none ?? blocks.map(() => 0));

  const [headerBytes, entryBytes] = [16, 20];
  const valuesAt = headerBytes + 8 + made.size * entryBytes + 8;
  const valueBytes = [...made.values()].reduce((sum, { bytes }) => sum + padded(bytes), 0);
  const bytes = new Uint8Array(valuesAt + valueBytes + data);
  let at = bytes.length - data;
  // A block that is not in the file is not in the copy either.
  numbers(
    offsetsCode,
    long8,
    none ??
      blocks.map((block) => {
        const place = block.held < block.count ? bytes.length : at;
        at += block.held;
        return place;
      }),
  );

  const view = new DataView(bytes.buffer);
  bytes.fill(isLittle ? 0x49 : 0x4d, 0, 2);
  view.setUint16(2, 43, isLittle);
  view.setUint16(4, 8, isLittle);
  view.setBigUint64(8, BigInt(headerBytes), isLittle);
  view.setBigUint64(headerBytes, BigInt(made.size), isLittle);
  let free = valuesAt;
  for (const [i, [code, value]] of [...made].sort(([a], [b]) => a - b).entries()) {
    const entry = headerBytes + 8 + i * entryBytes;
    view.setUint16(entry, code, isLittle);
    view.setUint16(entry + 2, value.type, isLittle);
    view.setBigUint64(entry + 4, BigInt(value.count), isLittle);
    if (value.bytes.length <= 8) bytes.set(value.bytes, entry + 12);
    else {
      view.setBigUint64(entry + 12, BigInt(free), isLittle);
      bytes.set(value.bytes, free);
      free += padded(value.bytes);
    }
  }
  return bytes;
}

/** Bytes of a value that is not in its entry. */
function padded({ length }: Uint8Array): number {
  return length <= 8 ? 0 : length + (length % 2);
}

/** Reads blocks one after the other into the target; those that follow each other in the file at once. */
async function readBlocks(file: TiffFile, blocks: readonly Block[], target: Uint8Array): Promise<void> {
  const runs: { at: number; count: number }[] = [];
  for (const block of blocks) {
    if (held(block, file) === 0) continue;
    const last = runs.at(-1);
    if (last && last.at + last.count === block.at) last.count += block.count;
    else runs.push({ ...block });
  }
  let to = 0;
  for (const { at, count } of runs) {
    await file.readInto(target.subarray(to, to + count), at);
    to += count;
  }
}
