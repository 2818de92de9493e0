import sharp, { type Metadata, type Sharp } from 'sharp';
import { InputError, messageOf, UsageError } from '../core/errors.ts';
import { unreadable } from '../core/node/file-errors.ts';
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
  relabelledTags,
} from './open-picture.ts';
import type { Picture } from './picture.ts';
import { pixelsOf, wideSamples } from './pixels.ts';
import { bandOf, directoryOf, type EncodedPicture, pageCount, pageOf } from './plane.ts';
import type { PlaneChoice } from './plane-choice.ts';
import type { Region } from './region.ts';
import { imageOfPage } from './tiff/image-of-page.ts';
import { partOfPage } from './tiff/part-of-page.ts';
import { needsRelabelling } from './tiff/relabel.ts';
import type { TiffDirectory } from './tiff/tags.ts';
import { isSparse, isTiled } from './tiff/unsupported.ts';
import { rangeOf, type SampleRange } from './wide-samples.ts';

export interface DecodeOptions extends PlaneChoice {
  /** Pictures with more pixels are refused before they are decompressed. Default `defaultMaxPixels`. */
  readonly maxPixels?: number | undefined;
  /** What error messages call the picture. Default: the path or address; `picture in memory`. */
  readonly name?: string | undefined;
  /** Ends the download of an address; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
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
 * - Floats, signed and 32-bit integers are read where black and white are known; YCbCr and CIELab TIFFs become sRGB.
 * - Of an RGB TIFF with further samples, the first three are read, unless the only other one is declared as alpha.
 * - Of a TIFF stack one page, and of several channels one, must be chosen; of an animation, the default is the first frame.
 * - Embedded colour profiles of RGB and grey pictures are ignored, as by Pillow, torchvision and OpenCV: published weights
 *   were trained on such pixels. CMYK with a profile is converted by it; without one by Pillow's formula,
 *   r = (255 − c)(255 − k) / 255.
 *
 * @throws InputError that names the file: missing, a folder, empty, not a picture, truncated, of an unsupported kind, too large, too
 *   slow, or a page or channel is to be chosen; UsageError where an option is unknown, `maxPixels`
 *   is not a number of at least 1, or the source is neither a text nor bytes; the reason of the signal.
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
  checkOptions('decodePicture', options, {
    name: true,
    maxPixels: true,
    page: true,
    channel: true,
    signal: true,
  });
  const maxPixels = options.maxPixels ?? defaultMaxPixels;
  if (!(typeof maxPixels === 'number' && maxPixels >= 1)) {
    throw new UsageError(`decodePicture: maxPixels should be a number of at least 1, got ${maxPixels}`);
  }
  const file = await openForDecoding(source, options);
  refuseTooLarge(file.metadata, file.name, maxPixels);
  return decodeOpened(await readyToDecode(file));
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
    return openForDecoding(await fetchPicture(source, { signal: options.signal }), { ...options, name });
  }
  const opened = await openPicture(source, name);
  const { page, image, channel } = pageOf(opened, options, name);
  const metadata = page > 0 ? await pageMetadata(opened, page, name) : opened.metadata;
  const plane = { page, band: bandOf({ ...opened, metadata }, { page, channel }, name) };
  const file = image > 0 ? await followingImage(opened, image, name) : opened.file;
  return { ...opened, file, metadata, plane, name };
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
  return decoded(opened, region, pixelsOf);
}

/**
 * The range of the samples of a region and others, where samples are neither 8 nor unsigned 16 bits.
 * @throws As `decodeOpened`, and where a sample is not a finite number.
 */
export async function rangeOfRegion(
  opened: EncodedPicture,
  region: Region,
  others: SampleRange | undefined,
): Promise<SampleRange> {
  const { samples } = await decoded(opened, region, wideSamples);
  const range = rangeOf(samples, others);
  if (typeof range === 'string') throw new InputError(opened.name, range);
  return range;
}

async function decoded<Result>(
  opened: EncodedPicture,
  region: Region | undefined,
  decode: (pipeline: Sharp, opened: EncodedPicture) => Promise<Result>,
): Promise<Result> {
  const { metadata, name } = opened;
  const directory = directoryOf(opened);
  try {
    const { file, page, within } = await decodable(opened, region);
    const pipeline = sharp(file, {
      // `warning` would refuse files that every other decoder accepts; `error` still refuses truncated files, except TIFFs of
      // tiles, whose damaged tiles libvips returns as black. For them it has no other warnings.
      failOn: directory && isTiled(directory) ? 'warning' : 'error',
      limitInputPixels: false,
      ignoreIcc: metadata.space !== 'cmyk',
      ...(page === undefined ? {} : { page }),
    })
      .timeout({ seconds: maxDecodeSeconds })
      .autoOrient();
    return await decode(within ? pipeline.extract(within) : pipeline, opened);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(name, decodingProblem(error, directory), { cause: error });
  }
}

/** What libvips decodes: the file, or a copy of a part of it with other tags. */
async function decodable(
  { file, directories, plane, metadata, name }: EncodedPicture,
  region: Region | undefined,
): Promise<{ file: string | Uint8Array; page: number | undefined; within: Region | undefined }> {
  const directory = directories[plane.page];
  if (directory === undefined || !needsRelabelling(directory)) {
    return { file, page: (metadata.pages ?? 1) > 1 ? plane.page : undefined, within: region };
  }
  const part = await partOfPage(file, directory, region);
  if (part === undefined) {
    const remedy = region ? 'save it in strips or smaller tiles' : 'predict it by tiles (option tile)';
    throw new InputError(name, `has more than 2 GiB of data to convert at once; ${remedy}`);
  }
  return { file: part.bytes, page: undefined, within: region && { ...region, top: region.top - part.top } };
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

/** The file with one of the images that follow the first in the data of its only page, in the place of the first. */
async function followingImage({ file, directories }: OpenPicture, image: number, name: string) {
  const found = await imageOfPage(file, directories[0], image).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  if (found !== undefined) return found;
  const problem = `does not contain image ${image + 1} of its ImageJ description; it may be cut off, or one image of a stack`;
  throw new InputError(name, problem);
}

async function pageMetadata(
  { file, directories }: OpenPicture,
  page: number,
  name: string,
): Promise<Metadata> {
  const directory = directories[page];
  refuseUnsupported(directory, name);
  if (page >= directories.length && directories.some(needsRelabelling)) {
    throw new InputError(
      name,
      `has pages of which only the first ${directories.length} are read; divide the file`,
    );
  }
  try {
    const tags = await relabelledTags(file, directory);
    return await (tags
      ? sharp(tags, { limitInputPixels: false })
      : sharp(file, { limitInputPixels: false, page })
    ).metadata();
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
  return uprightSize(metadata);
}

/**
 * The same of the first page of a file, for what its pages and channels have in common: none is chosen.
 * @throws InputError as `decodePicture` does, except for damage after the header.
 */
export async function firstPageSize(path: string): Promise<{ width: number; height: number }> {
  const { metadata } = await openPicture(path, path);
  return uprightSize(metadata);
}

function uprightSize({ autoOrient: { width, height } }: Metadata): { width: number; height: number } {
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
      `has ${width}×${height} pixels, more than the limit of ${maxPixels} (option maxPixels); such pictures can be predicted by tiles (option tile)`,
    );
  }
}
