import type { Metadata, Sharp } from 'sharp';
import { InputError, MaskRcnnError } from '../core/errors.ts';
import { type Picture, toPicture } from './picture.ts';
import { directoryOf, type EncodedPicture } from './plane.ts';
import { type TiffColour, tiffColourOf } from './tiff/colour.ts';
import { hasAlpha } from './tiff/extra-samples.ts';
import { tag } from './tiff/tags.ts';
import { rangeOf, toSixteenBits } from './wide-samples.ts';

/**
 * Decodes a picture, with its samples as 8-bit or 16-bit sRGB.
 * @param pipeline Of the file, from which nothing was decoded yet.
 * @throws InputError where black and white are not known; what libvips throws, where the file is damaged.
 */
export async function pixelsOf(pipeline: Sharp, decoding: EncodedPicture): Promise<Picture> {
  const { metadata, directories, plane } = decoding;
  const colour = directories[plane.page] && tiffColourOf(directories[plane.page]);
  if (colour !== undefined && plane.band === null) return convertedPixels(pipeline, colour, metadata);
  if (isWide(decoding)) return widePixels(pipeline, decoding);
  if (plane.band !== null) return bandPixels(pipeline, plane.band, metadata);
  if (metadata.space === 'cmyk' && !metadata.hasProfile) {
    const { data, info } = await raw(pipeline.pipelineColourspace('cmyk').toColourspace('cmyk'));
    return { width: info.width, height: info.height, data: cmykToRgb(data) };
  }
  const directory = directoryOf(decoding);
  const isOpaque = directory !== undefined && !hasAlpha(directory);
  // `removeAlpha` removes all samples but the colours.
  const flat = isOpaque ? pipeline.removeAlpha() : pipeline.flatten({ background: '#ffffff' });
  if (metadata.depth === 'ushort' && metadata.space !== 'cmyk') {
    const { data, info } = await raw(flat.toColourspace('rgb16'), 'ushort');
    return fromDeep(sixteenBits(data), info);
  }
  const { data, info } = await raw(flat.toColourspace('srgb'));
  const { width, height, channels } = info;
  if (channels === 2) throw new MaskRcnnError('two channels remain after flattening');
  return toPicture({ width, height, data, channels });
}

type Depth = 'uchar' | 'ushort' | 'float' | 'uint' | 'int' | 'short' | 'char';

function raw(pipeline: Sharp, depth: Depth = 'uchar') {
  return pipeline.raw({ depth }).toBuffer({ resolveWithObject: true });
}

/** Samples that are neither 8 nor unsigned 16 bits, scaled to 16 bits. */
async function widePixels(pipeline: Sharp, decoding: EncodedPicture): Promise<Picture> {
  const { name } = decoding;
  const { samples, info } = await wideSamples(pipeline, decoding);
  const range = decoding.range ?? rangeOf(samples);
  const wide = typeof range === 'string' ? range : toSixteenBits(samples, range, statedRange(decoding));
  if (typeof wide === 'string') throw new InputError(name, wide);
  return fromDeep(wide, info);
}

/** What the file states as black and white. */
export function statedRange(picture: EncodedPicture): readonly [number, number] | undefined {
  const numbers = directoryOf(picture)?.numbers;
  const [black] = numbers?.get(tag.minSample) ?? [];
  const [white] = numbers?.get(tag.maxSample) ?? [];
  return black === undefined || white === undefined ? undefined : [black, white];
}

/** Whether samples are neither 8 nor unsigned 16 bits. */
export function isWide({ metadata }: EncodedPicture): boolean {
  return metadata.depth !== 'uchar' && metadata.depth !== 'ushort';
}

/**
 * The samples of a picture of such samples, `[pixels, 1 or 3]`.
 * @throws InputError where they are of a type that is not read; what libvips throws, where the file is damaged.
 */
export async function wideSamples(pipeline: Sharp, { metadata, plane, name }: EncodedPicture) {
  const { depth } = metadata;
  const view = viewers[depth];
  if (view === undefined)
    throw new InputError(name, `has ${depth} samples; convert them to 16 bits or 32-bit floats`);
  const { data, info } = await raw(unconverted(pipeline, metadata, plane.band), depth as Depth);
  const bands =
    plane.band === null ? colourBands(info.channels, metadata) : [bandAt(plane.band, info, metadata)];
  return { samples: taken(view(data), info.channels, bands), info };
}

/** The first three bands of colours, the first of grey. */
function colourBands(count: number, { space }: Metadata): number[] {
  return count >= 3 && space !== 'b-w' && space !== 'grey16' ? [0, 1, 2] : [0];
}

/** One band as a grey picture. */
async function bandPixels(pipeline: Sharp, band: number, metadata: Metadata): Promise<Picture> {
  const isDeep = metadata.depth === 'ushort';
  const { data, info } = await raw(unconverted(pipeline, metadata, band), isDeep ? 'ushort' : 'uchar');
  const bands = [bandAt(band, info, metadata)];
  if (isDeep) return fromDeep(taken(sixteenBits(data), info.channels, bands), info);
  const grey = taken(new Uint8Array(data), info.channels, bands);
  return toPicture({ width: info.width, height: info.height, data: grey, channels: 1 });
}

/** Without a conversion of colours, which would scale or clip samples. */
function unconverted(pipeline: Sharp, { space }: Metadata, band: number | null): Sharp {
  // Converting grey of 8 bits to itself drops all bands but the first.
  return space === 'b-w' && band !== null ? pipeline : pipeline.toColourspace(space);
}

/** Where a band is in libvips' output, in which the first of a grey picture is repeated. */
function bandAt(band: number, info: { channels: number }, { channels }: Metadata): number {
  return band === 0 ? 0 : band + info.channels - channels;
}

async function convertedPixels(pipeline: Sharp, colour: TiffColour, { depth }: Metadata): Promise<Picture> {
  const isDeep = depth === 'ushort';
  const { data, info } = await raw(
    pipeline.toColourspace(isDeep ? 'rgb16' : 'srgb'),
    isDeep ? 'ushort' : 'uchar',
  );
  const { width, height, channels } = info;
  const samples = isDeep ? sixteenBits(data) : new Uint8Array(data);
  return { width, height, data: colour.convert(taken(samples, channels, [0, 1, 2])) };
}

type Samples = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float32Array;

/** Some of the bands of each pixel. */
function taken<Of extends Samples>(samples: Of, channels: number, bands: readonly number[]): Of {
  if (channels === bands.length) return samples;
  const pixels = samples.length / channels;
  const out = new (samples.constructor as new (length: number) => Of)(pixels * bands.length);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (const [i, band] of bands.entries()) out[pixel * bands.length + i] = samples[pixel * channels + band];
  }
  return out;
}

/** @param wide `[pixels, 1 or 3]`; grey is repeated. */
function fromDeep(wide: Uint16Array, { width, height }: { width: number; height: number }): Picture {
  const pixels = width * height;
  let deep = wide;
  if (wide.length === pixels) {
    deep = new Uint16Array(3 * pixels);
    for (let i = 0, to = 0; i < pixels; i++) {
      deep[to++] = wide[i];
      deep[to++] = wide[i];
      deep[to++] = wide[i];
    }
  }
  // `Uint8Array.from` with a function would collect the values of large pictures in a list that V8 cannot hold.
  const data = new Uint8Array(deep.length);
  for (let i = 0; i < deep.length; i++) data[i] = deep[i] >> 8;
  return { width, height, data, deep };
}

/** Decoders of libvips' raw output, in the byte order of the machine. */
const viewers: Readonly<Record<string, ((data: Buffer) => Samples) | undefined>> = {
  float: (data) => new Float32Array(aligned(data)),
  uint: (data) => new Uint32Array(aligned(data)),
  int: (data) => new Int32Array(aligned(data)),
  short: (data) => new Int16Array(aligned(data)),
  char: (data) => new Int8Array(aligned(data)),
};

function sixteenBits(data: Buffer): Uint16Array {
  return new Uint16Array(aligned(data));
}

/** The bytes in a buffer of their own, at whose start any type may begin. */
function aligned(data: Buffer): ArrayBuffer {
  const isWhole = data.byteOffset === 0 && data.byteLength === data.buffer.byteLength;
  return (
    isWhole ? data.buffer : data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
  ) as ArrayBuffer;
}

/** `[pixels, 4]` cyan, magenta, yellow, black in 0…255, where 255 is full ink → `[pixels, 3]`. */
function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = 255 - cmyk[from + 3];
    for (let ink = 0; ink < 3; ink++) {
      rgb[to + ink] = Math.round(((255 - cmyk[from + ink]) * light) / 255);
    }
  }
  return rgb;
}
