import sharp, { type Metadata, type Sharp } from 'sharp';
import { InputError, MaskRcnnError, messageOf } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import { maxSide } from '../core/picture-limits.ts';
import { fetchPicture, isPictureAddress } from './fetch-picture.ts';
import { countScans } from './jpeg-scans.ts';
import {
  decoderMessage,
  type OpenPicture,
  openPicture,
  readFileNamed,
  refuseUnsupported,
} from './open-picture.ts';
import { type Picture, toPicture } from './picture.ts';
import { type Plane, pageCount, planeOf } from './plane.ts';
import type { PlaneChoice } from './plane-choice.ts';
import type { Region } from './region.ts';
import { type TiffColour, tiffColourOf } from './tiff/colour.ts';
import { type TiffDirectory, tag } from './tiff/tags.ts';
import { isSparse, isTiled } from './tiff/unsupported.ts';
import { toSixteenBits } from './wide-samples.ts';

export interface DecodeOptions extends PlaneChoice {
  /** Pictures with more pixels are refused before they are decompressed. Default `defaultMaxPixels`. */
  readonly maxPixels?: number;
  /** What error messages call the picture. Default: the path or address; `picture in memory`. */
  readonly name?: string;
}

/** Pillow's limit against decompression bombs; as RGB such a picture takes 512 MiB. */
const defaultMaxPixels = 178_956_970;

/** Decoding ends after this many seconds, wherever libvips is; the largest picture takes a few. */
const maxDecodeSeconds = 30;

/** A progressive JPEG has about 10 scans; each is a pass over the whole picture, even if it is empty. */
const maxScans = 100;
/** The most scans times pixels: 12 scans of the largest picture. */
const maxScannedPixels = 2 ** 31;

/**
 * Decodes a picture file (a path, an http(s) address, or the file's bytes): JPEG, PNG, WebP, TIFF, AVIF or GIF. It runs on libvips' threads, not on the caller's.
 *
 * - EXIF orientation is applied, so `width` and `height` are those of the upright picture.
 * - Alpha is composited over white; grey is repeated. Of 16 bits, `data` has the upper 8, and `deep` has all.
 * - Floats and 32-bit integers are read where black and white are known; YCbCr and CIELab TIFFs become sRGB.
 * - Of a TIFF stack one page, and of several channels one, must be chosen; of an animation, the default is the first frame.
 * - Embedded colour profiles of RGB and grey pictures are ignored, as by Pillow, torchvision and OpenCV: published weights
 *   were trained on such pixels. CMYK with a profile is converted by it; without one by Pillow's formula,
 *   r = (255 − c)(255 − k) / 255.
 *
 * @throws InputError that names the file: missing, a folder, empty, not a picture, truncated, too large, too
 *   slow, or a page or channel is to be chosen; UsageError where an option is unknown.
 * @example
 * ```ts
 * import { decodePicture } from 'mask-rcnn';
 *
 * const { width, height, data } = await decodePicture('photo.jpg', { maxPixels: 50e6 });
 * console.log(width, height, data.length); // data: [height, width, 3]
 * ```
 */
export async function decodePicture(
  source: string | Uint8Array,
  options: DecodeOptions = {},
): Promise<Picture> {
  checkOptions('decodePicture', options, { name: true, maxPixels: true, page: true, channel: true });
  const file = await openForDecoding(source, options);
  refuseTooLarge(file.metadata, file.name, options.maxPixels ?? defaultMaxPixels);
  return decodeOpened(await readyToDecode(file));
}

/** A picture file whose page and channel are chosen. */
export interface EncodedPicture extends OpenPicture {
  readonly plane: Plane;
  /** What messages call it. */
  readonly name: string;
}

/**
 * Reads the header of a picture file, without decoding it.
 * @throws InputError as `decodePicture` does, except for damage after the header and for its size.
 */
export async function openForDecoding(
  source: string | Uint8Array,
  options: DecodeOptions,
): Promise<EncodedPicture> {
  const name = nameOf(source, options);
  if (typeof source === 'string' && isPictureAddress(source)) {
    return openForDecoding(await fetchPicture(source), { ...options, name });
  }
  const opened = await openPicture(source, name);
  const plane = planeOf(opened, options, name);
  if (plane.page > 0) refuseUnsupported(opened.directories[plane.page], name);
  const metadata = plane.page > 0 ? await pageMetadata(opened.file, plane.page, name) : opened.metadata;
  return { ...opened, metadata, plane, name };
}

/**
 * The file after the checks that need its bytes: the scans of a JPEG, which cannot be interrupted, are counted.
 * @throws InputError that names the file: it cannot be read, or has too many scans.
 */
export async function readyToDecode(opened: EncodedPicture): Promise<EncodedPicture> {
  const { file, metadata, name } = opened;
  if (metadata.format !== 'jpeg') return opened;
  return { ...opened, file: await jpegOfFewScans(file, metadata, name) };
}

/**
 * The pixels of a file, or of a region of it, upright.
 * @param opened Ready to decode.
 * @throws InputError that names the file: damaged or too slow.
 */
export async function decodeOpened(opened: EncodedPicture, region?: Region): Promise<Picture> {
  const { file, metadata, plane, name } = opened;
  const directory = directoryOf(opened);
  try {
    const pipeline = sharp(file, {
      // `warning` would refuse files that every other decoder accepts; `error` still refuses truncated files, except TIFFs of
      // tiles, whose damaged tiles libvips returns as black. For them it has no other warnings.
      failOn: directory && isTiled(directory) ? 'warning' : 'error',
      limitInputPixels: false,
      ignoreIcc: metadata.space !== 'cmyk',
      ...((metadata.pages ?? 1) > 1 ? { page: plane.page } : {}),
    })
      .timeout({ seconds: maxDecodeSeconds })
      .autoOrient();
    return await pixelsOf(region ? pipeline.extract(region) : pipeline, opened);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(name, decodingProblem(error, directory), { cause: error });
  }
}

/** The page of a TIFF that was chosen; undefined for other formats. Pages beyond those that were read are like the first. */
function directoryOf({ directories, plane }: EncodedPicture): TiffDirectory | undefined {
  return directories[plane.page] ?? directories[0];
}

function decodingProblem(error: unknown, directory: TiffDirectory | undefined): string {
  if (/^timeout:/.test(messageOf(error))) return `takes more than ${maxDecodeSeconds} seconds to decode`;
  if (directory && isSparse(directory)) {
    return 'has tiles without data (a sparse TIFF), which are unsupported; save it with all tiles, as gdal_translate does';
  }
  return `is damaged (${decoderMessage(error)})`;
}

/**
 * Number of pages of a picture file that can be chosen from, counted from 1: slices and times of a TIFF stack, frames of an animation.
 * @throws InputError as `decodePicture` does, except for damage after the header.
 * @example
 * ```ts
 * import { countPages, decodePicture } from 'mask-rcnn';
 *
 * const pages = await countPages('photo.jpg'); // 1, except for stacks and animations
 * for (let page = 1; page <= pages; page++) {
 *   const picture = await decodePicture('photo.jpg', { page });
 *   console.log(page, picture.width, picture.height);
 * }
 * ```
 */
export async function countPages(
  source: string | Uint8Array,
  options: Pick<DecodeOptions, 'name'> = {},
): Promise<number> {
  return pageCount(await openPicture(source, nameOf(source, options)));
}

async function pixelsOf(pipeline: Sharp, decoding: EncodedPicture): Promise<Picture> {
  const { metadata, directories, plane } = decoding;
  const colour = directories[plane.page] && tiffColourOf(directories[plane.page]);
  if (colour !== undefined && plane.band === null) return convertedPixels(pipeline, colour, metadata);
  if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') return widePixels(pipeline, decoding);
  if (plane.band !== null) return bandPixels(pipeline, plane.band, metadata);
  if (metadata.space === 'cmyk' && !metadata.hasProfile) {
    const { data, info } = await raw(pipeline.pipelineColourspace('cmyk').toColourspace('cmyk'));
    return { width: info.width, height: info.height, data: cmykToRgb(data) };
  }
  const flat = pipeline.flatten({ background: '#ffffff' });
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
  const { metadata, plane, name } = decoding;
  const { depth } = metadata;
  const view = viewers[depth];
  if (view === undefined)
    throw new InputError(name, `has ${depth} samples; convert them to 16 bits or 32-bit floats`);
  const { data, info } = await raw(unconverted(pipeline, metadata, plane.band), depth as Depth);
  const numbers = directoryOf(decoding)?.numbers;
  const [black] = numbers?.get(tag.minSample) ?? [];
  const [white] = numbers?.get(tag.maxSample) ?? [];
  const stated = black === undefined || white === undefined ? undefined : ([black, white] as const);
  const bands =
    plane.band === null ? colourBands(info.channels, metadata) : [bandAt(plane.band, info, metadata)];
  const wide = toSixteenBits(taken(view(data), info.channels, bands), stated);
  if (typeof wide === 'string') throw new InputError(name, wide);
  return fromDeep(wide, info);
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
    for (let i = 0; i < pixels; i++) deep.fill(wide[i], 3 * i, 3 * i + 3);
  }
  return { width, height, data: Uint8Array.from(deep, (value) => value >> 8), deep };
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

async function pageMetadata(file: string | Uint8Array, page: number, name: string): Promise<Metadata> {
  try {
    return await sharp(file, { limitInputPixels: false, page }).metadata();
  } catch (error) {
    throw new InputError(name, `is damaged (${decoderMessage(error)})`, { cause: error });
  }
}

/** The bytes of a JPEG file, whose scans cannot be interrupted and are counted before. */
async function jpegOfFewScans(
  source: string | Uint8Array,
  { width, height }: Metadata,
  name: string,
): Promise<Uint8Array> {
  const bytes = typeof source === 'string' ? await readFileNamed(source, name) : source;
  const limit = Math.min(maxScans, Math.max(1, Math.floor(maxScannedPixels / (width * height))));
  if (countScans(bytes, limit + 1) > limit) {
    throw new InputError(name, `has more than ${limit} scans, which would take too long to decode`);
  }
  return bytes;
}

/**
 * The size in pixels of the upright picture, read from the file's header without decoding it.
 * @throws InputError as `decodePicture` does, except for damage after the header.
 */
export async function pictureSize(
  source: string | Uint8Array,
  options: Omit<DecodeOptions, 'maxPixels'> = {},
): Promise<{ width: number; height: number }> {
  const { metadata } = await openForDecoding(source, options);
  const { width, height } = metadata.autoOrient;
  return { width, height };
}

function nameOf(source: string | Uint8Array, { name }: DecodeOptions): string {
  return name ?? (typeof source === 'string' ? source : 'picture in memory');
}

function refuseTooLarge({ width, height }: Metadata, name: string, maxPixels: number): void {
  if (Math.max(width, height) > maxSide) {
    throw new InputError(name, `has ${width}×${height} pixels, more than ${maxSide} per side`);
  }
  if (width * height > maxPixels) {
    throw new InputError(
      name,
      `has ${width}×${height} pixels, more than the limit of ${maxPixels} (option maxPixels); such pictures can be predicted by tiles (--tile auto)`,
    );
  }
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
