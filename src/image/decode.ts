import { access, constants, readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { InputError, MaskRcnnError, messageOf } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import { maxSide } from '../core/picture-limits.ts';
import { plural } from '../core/plural.ts';
import { fetchPicture, isPictureAddress } from './fetch-picture.ts';
import { countScans } from './jpeg-scans.ts';
import { type Picture, toPicture } from './picture.ts';

export interface DecodeOptions {
  /** Pictures with more pixels are refused before they are decompressed. Default `defaultMaxPixels`. */
  readonly maxPixels?: number;
  /** Name of a picture given as bytes, for error messages. Default `picture in memory`. */
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

const readableFormats = new Set(['jpeg', 'png', 'webp', 'tiff', 'heif', 'gif']);
const expected = 'expected a complete JPEG, PNG, WebP, TIFF, AVIF or GIF file';

/**
 * Decodes a picture file (a path, an http(s) address, or the file's bytes): JPEG, PNG, WebP, TIFF, AVIF, or the first frame of a
 * GIF. It runs on libvips' threads, not on the caller's.
 *
 * - EXIF orientation is applied, so `width` and `height` are those of the upright picture.
 * - Alpha is composited over white; grey is repeated; of 16 bits, the upper 8 are used.
 * - Embedded colour profiles of RGB and grey pictures are ignored, as by Pillow, torchvision and OpenCV: published weights
 *   were trained on such pixels. CMYK with a profile is converted by it; without one by Pillow's formula,
 *   r = (255 − c)(255 − k) / 255.
 *
 * @throws InputError that names the file: missing, a folder, empty, not a picture, truncated, too large, too slow.
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
  checkOptions('decodePicture', options, { name: true, maxPixels: true });
  const name = nameOf(source, options);
  if (typeof source === 'string' && isPictureAddress(source)) {
    return decodePicture(await fetchPicture(source), { ...options, name });
  }
  const metadata = await readMetadata(source, name);
  refuseTooLarge(metadata, name, options.maxPixels ?? defaultMaxPixels);
  const file = metadata.format === 'jpeg' ? await jpegOfFewScans(source, metadata, name) : source;
  const plainCmyk = metadata.space === 'cmyk' && !metadata.hasProfile;
  const pipeline = sharp(file, {
    // `warning` would refuse files that every other decoder accepts; `error` still refuses truncated files.
    failOn: 'error',
    limitInputPixels: false,
    ignoreIcc: metadata.space !== 'cmyk',
  })
    .timeout({ seconds: maxDecodeSeconds })
    .autoOrient();
  if (plainCmyk) pipeline.pipelineColourspace('cmyk').toColourspace('cmyk');
  else pipeline.flatten({ background: '#ffffff' }).toColourspace('srgb');
  try {
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    if (plainCmyk) return { width, height, data: cmykToRgb(data) };
    if (info.channels === 2) throw new MaskRcnnError('two channels remain after flattening');
    return toPicture({ width, height, data, channels: info.channels });
  } catch (error) {
    const problem = /^timeout:/.test(messageOf(error))
      ? `takes more than ${maxDecodeSeconds} seconds to decode`
      : `is damaged (${oneLine(error)})`;
    throw new InputError(name, problem, { cause: error });
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

async function readFileNamed(path: string, name: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new InputError(name, `cannot be read (${messageOf(error)})`, { cause: error });
  });
}

/**
 * The size in pixels of the upright picture, read from the file's header without decoding it.
 * @throws InputError as `decodePicture` does, except for damage after the header.
 */
export async function pictureSize(
  source: string | Uint8Array,
  options: Pick<DecodeOptions, 'name'> = {},
): Promise<{ width: number; height: number }> {
  const { autoOrient } = await readMetadata(source, nameOf(source, options));
  return { width: autoOrient.width, height: autoOrient.height };
}

function nameOf(source: string | Uint8Array, { name }: DecodeOptions): string {
  return typeof source === 'string' ? source : (name ?? 'picture in memory');
}

async function readMetadata(source: string | Uint8Array, name: string): Promise<Metadata> {
  await refuseNoFile(source, name);
  const anySize: SharpOptions = { limitInputPixels: false };
  let metadata: Metadata;
  try {
    metadata = await sharp(source, anySize).metadata();
  } catch (error) {
    const problem = /unsupported image format/.test(messageOf(error))
      ? `is not a picture (${expected})`
      : `is damaged (${oneLine(error)})`;
    throw new InputError(name, problem, { cause: error });
  }
  if (!readableFormats.has(metadata.format)) {
    throw new InputError(name, `is in an unsupported format, ${metadata.format} (${expected})`);
  }
  // Such files do not say which values of a float or a 32-bit integer are black and white.
  if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') {
    throw new InputError(
      name,
      `has ${metadata.depth} samples (expected 1 to 8 bits or unsigned 16 bits each)`,
    );
  }
  if (metadata.channels > 4) {
    throw new InputError(name, `has ${plural(metadata.channels, 'channel')} (expected 1 to 4)`);
  }
  return metadata;
}

async function refuseNoFile(source: string | Uint8Array, name: string): Promise<void> {
  if (typeof source !== 'string') {
    if (source.length === 0) throw new InputError(name, `is empty (${expected})`);
    return;
  }
  try {
    const found = await stat(source);
    if (found.isDirectory()) throw new InputError(name, 'is a folder, not a picture');
    if (found.size === 0) throw new InputError(name, `is an empty file (${expected})`);
    await access(source, constants.R_OK);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(name, missing ? 'no such file' : `cannot be read (${messageOf(error)})`, {
      cause: error,
    });
  }
}

function refuseTooLarge({ width, height }: Metadata, name: string, maxPixels: number): void {
  if (Math.max(width, height) > maxSide) {
    throw new InputError(name, `has ${width}×${height} pixels, more than ${maxSide} per side`);
  }
  if (width * height > maxPixels) {
    throw new InputError(
      name,
      `has ${width}×${height} pixels, more than the limit of ${maxPixels} (option maxPixels)`,
    );
  }
}

/** The decoder's error message, without its log of earlier attempts. */
function oneLine(error: unknown): string {
  const lines = messageOf(error)
    .split('\n')
    .filter((line) => !/^source: bad seek/.test(line) && !/^\s*\([\d.]+\)\s*$/.test(line));
  return (lines[0] ?? 'the decoder gave no reason').replace(/^Input (file|buffer) has corrupt header: /, '');
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
