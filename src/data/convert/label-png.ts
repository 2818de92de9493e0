import { decode } from 'fast-png';
import { InputError, messageOf } from '../../core/errors.ts';
import { sizeProblem } from '../../core/picture-limits.ts';
import type { Rle } from '../../ops/rle/rle.ts';
import { readInput } from '../json/file.ts';
import { essentialPng } from './png-chunks.ts';

/** A PNG whose pixels are labels rather than colours. */
export interface LabelPng {
  readonly width: number;
  readonly height: number;
  /** One per pixel, row-major: the palette index, the grey value (0…65535), or 65536 r + 256 g + b. */
  readonly values: Uint8Array | Uint16Array | Uint32Array;
  /** The meaning of the values. */
  readonly kind: 'index' | 'grey' | 'rgb';
  /** For kind `index`: the colour of each index as 65536 r + 256 g + b. */
  readonly palette?: readonly number[];
}

const sizeOffset = 16;
const interlaceMethodOffset = 28;

/**
 * Reads a PNG with its stored values: palette indices stay indices, 16 bits stay 16 bits, alpha is ignored.
 * (Picture decoders return colours instead.)
 * @throws InputError naming the file.
 */
export async function readLabelPng(path: string): Promise<LabelPng> {
  return decodeLabelPng(await readInput(path), path);
}

/** As `readLabelPng`, from the file's bytes; `source` is the name used in errors. */
export function decodeLabelPng(content: Uint8Array, source: string): LabelPng {
  const header = headerSize(content);
  const tooLarge = header && sizeProblem(header);
  if (tooLarge) throw new InputError(source, tooLarge);
  try {
    const { width, height, data, depth, channels, palette } = decode(essentialPng(content), {
      checkCrc: true,
    });
    if (depth < 8 && content[interlaceMethodOffset] !== 0) {
      throw new InputError(source, `is an interlaced ${depth}-bit PNG, expected one that is not interlaced`);
    }
    const size = { width, height };
    if (channels === 1 && depth < 8) {
      const values = unpacked(data as Uint8Array, size, depth);
      return { ...size, values, ...kindOf(palette) };
    }
    if (channels === 1) return { ...size, values: data as Uint8Array | Uint16Array, ...kindOf(palette) };
    if (channels === 2) return { ...size, values: everySecond(data), kind: 'grey' };
    if (depth === 16) throw new InputError(source, 'is a 16-bit colour PNG, expected 8 bit, grey or palette');
    return { ...size, values: colourValues(data, channels), kind: 'rgb' };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(source, `expected a PNG file (${messageOf(error)})`, { cause: error });
  }
}

/** Width and height from the first chunk, IHDR; undefined where the file is too short for it. */
function headerSize(content: Uint8Array): { width: number; height: number } | undefined {
  if (content.length < sizeOffset + 8) return undefined;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return { width: view.getUint32(sizeOffset), height: view.getUint32(sizeOffset + 4) };
}

function kindOf(palette: readonly (readonly number[])[] | undefined): Pick<LabelPng, 'kind' | 'palette'> {
  if (palette === undefined) return { kind: 'grey' };
  return { kind: 'index', palette: palette.map(([red, green, blue]) => colourValue(red, green, blue)) };
}

/** The number that represents a colour in a `LabelPng`. */
export function colourValue(red: number, green: number, blue: number): number {
  return red * 65_536 + green * 256 + blue;
}

function everySecond(data: ArrayLike<number>): Uint16Array {
  return Uint16Array.from({ length: data.length / 2 }, (_, i) => data[2 * i]);
}

function colourValues(data: ArrayLike<number>, channels: number): Uint32Array {
  return Uint32Array.from({ length: data.length / channels }, (_, i) =>
    colourValue(data[channels * i], data[channels * i + 1], data[channels * i + 2]),
  );
}

/** Expands 1-, 2- or 4-bit pixels, whose rows start at byte boundaries, to one byte per pixel. */
function unpacked(
  data: Uint8Array,
  { width, height }: { width: number; height: number },
  depth: number,
): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const perByte = 8 / depth;
  const mask = 2 ** depth - 1;
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / perByte)];
      values[y * width + x] = (byte >> (8 - depth * ((x % perByte) + 1))) & mask;
    }
  }
  return values;
}

/**
 * The masks of all values of a row-major label image except 0, in one pass.
 * @param isBackground Further values to ignore.
 * @returns Masks by value, ascending.
 */
export function masksByValue(
  { width, height, values }: Pick<LabelPng, 'width' | 'height' | 'values'>,
  isBackground: (value: number) => boolean = () => false,
): Map<number, Rle> {
  const runsOf = new Map<number, { counts: number[]; end: number }>();
  const close = (value: number, start: number, end: number) => {
    if (value === 0 || isBackground(value)) return;
    let runs = runsOf.get(value);
    if (runs === undefined) {
      runs = { counts: [], end: 0 };
      runsOf.set(value, runs);
    }
    runs.counts.push(start - runs.end, end - start);
    runs.end = end;
  };
  const total = width * height;
  let current = values[0];
  let start = 0;
  for (let x = 0, position = 0; x < width; x++) {
    for (let at = x; at < total; at += width, position++) {
      if (values[at] === current) continue;
      close(current, start, position);
      current = values[at];
      start = position;
    }
  }
  close(current, start, total);
  const masks = new Map<number, Rle>();
  for (const [value, { counts, end }] of [...runsOf].sort(([a], [b]) => a - b)) {
    if (end < total) counts.push(total - end);
    masks.set(value, { size: [height, width], counts: Uint32Array.from(counts) });
  }
  return masks;
}
