import { access, constants, open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import sharp, { type Metadata } from 'sharp';
import { InputError, messageOf, UsageError } from '../core/errors.ts';
import { unreadable } from '../core/node/file-errors.ts';
import { shownValue } from '../core/printable.ts';
import { foreignFormat } from './foreign-format.ts';
import { pictureType, sniffedBytes } from './picture-formats.ts';
import { readTiffDirectories } from './tiff/directory.ts';
import { partOfPage } from './tiff/part-of-page.ts';
import { needsRelabelling } from './tiff/relabel.ts';
import type { TiffDirectory } from './tiff/tags.ts';
import { unsupportedReason } from './tiff/unsupported.ts';

/** A picture file whose header was read. */
export interface OpenPicture {
  /** The path or the bytes given. */
  readonly file: string | Uint8Array;
  /** Its name without the folder. */
  readonly fileName: string;
  /** Of its first page. */
  readonly metadata: Metadata;
  /** The pages of a TIFF; empty for other formats. */
  readonly directories: readonly TiffDirectory[];
}

const readableFormats = new Set(['jpeg', 'png', 'webp', 'tiff', 'heif', 'gif']);
const expected = 'expected a complete JPEG, PNG, WebP, TIFF, AVIF or GIF file';

/**
 * Reads the header of a picture file.
 * @param name What messages call it.
 * @throws InputError that names the file: missing, a folder, empty, or in a format that is not read, with the remedy;
 *   UsageError where it is neither a text nor bytes.
 */
export async function openPicture(source: string | Uint8Array, name: string): Promise<OpenPicture> {
  await refuseNoFile(source, name);
  const start = await startOf(source, name);
  const directories = isTiff(start) ? await readTiffDirectories(source) : [];
  refuseUnsupported(directories[0], name);
  const fileName = basename(typeof source === 'string' ? source : name);
  const tags = await relabelledTags(source, directories[0]);
  if (tags === undefined) {
    return { file: source, fileName, metadata: await metadataOf(source, { name, start }), directories };
  }
  const metadata = await metadataOf(tags, { name, start });
  const pages = await countedPages(source, directories);
  return { file: source, fileName, metadata: { ...metadata, pages }, directories };
}

/** The tags of a page that libvips would convert wrongly, as a TIFF in which it is said to be RGB; undefined for any other page. */
export async function relabelledTags(
  source: string | Uint8Array,
  directory: TiffDirectory | undefined,
): Promise<Uint8Array | undefined> {
  if (directory === undefined || !needsRelabelling(directory)) return undefined;
  return (await partOfPage(source, directory, { top: 0, height: 0 }))?.bytes;
}

async function countedPages(
  source: string | Uint8Array,
  directories: readonly TiffDirectory[],
): Promise<number> {
  try {
    return (await sharp(source, { limitInputPixels: false }).metadata()).pages ?? 1;
  } catch {
    // CIELab, which libvips does not open as such.
    return directories.length;
  }
}

function isTiff(start: Uint8Array): boolean {
  return pictureType(start) === 'image/tiff';
}

/** @throws InputError where a page of a TIFF cannot be read, with the remedy. */
export function refuseUnsupported(directory: TiffDirectory | undefined, name: string): void {
  const reason = directory && unsupportedReason(directory);
  if (reason !== undefined) throw new InputError(name, reason);
}

async function metadataOf(
  file: string | Uint8Array,
  { name, start }: { name: string; start: Uint8Array },
): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await sharp(file, { limitInputPixels: false }).metadata();
  } catch (error) {
    const isUnknown = /unsupported image format/.test(messageOf(error));
    const known = foreignFormat(start);
    let problem = `is damaged (${decoderMessage(error)})`;
    if (isUnknown)
      problem = isTiff(start)
        ? 'is damaged (a TIFF without a readable page; it may be cut off)'
        : `is not a picture (${expected})`;
    throw new InputError(name, known ?? problem, { cause: error });
  }
  const isHevc = metadata.format === 'heif' && metadata.compression !== 'av1';
  if (isHevc) throw new InputError(name, foreignFormat(start) ?? 'is a HEIC picture, which cannot be read');
  if (!readableFormats.has(metadata.format)) {
    throw new InputError(name, `is in an unsupported format, ${metadata.format} (${expected})`);
  }
  return metadata;
}

async function startOf(source: string | Uint8Array, name: string): Promise<Uint8Array> {
  if (typeof source !== 'string') return source.subarray(0, sniffedBytes);
  try {
    const file = await open(source);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffedBytes), 0, sniffedBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** The bytes of a file. @throws InputError if it cannot be read. */
export async function readFileNamed(source: string | Uint8Array, name: string): Promise<Uint8Array> {
  if (typeof source !== 'string') return source;
  return readFile(source).catch((error: unknown) => {
    throw unreadable(name, error);
  });
}

async function refuseNoFile(source: string | Uint8Array, name: string): Promise<void> {
  if (typeof source !== 'string') {
    if (!ArrayBuffer.isView(source)) {
      const kinds = 'a path, an http(s) address or the bytes of a file (Uint8Array)';
      throw new UsageError(`a picture file is ${kinds}; got ${shownValue(source)}`);
    }
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
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENAMETOOLONG') throw unreadable(name, error);
    throw new InputError(name, whyMissing(source, code), { cause: error });
  }
}

/** Why there is no file of a name, with the remedy where it looks like something else. */
function whyMissing(source: string, code: 'ENOENT' | 'ENAMETOOLONG'): string {
  if (/^data:/i.test(source)) {
    return "is a data URL, which is not read; give its bytes: Buffer.from(source.split(',')[1], 'base64')";
  }
  if (/^file:/i.test(source)) return 'is a file URL, which is not read; give its path: fileURLToPath(source)';
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(source)) {
    return 'is an address that is not read; give a path, an http(s) address or the bytes of the file';
  }
  if (code === 'ENOENT') return 'no such file';
  return "is too long for a path; if it is an encoded picture, give its bytes: Buffer.from(source, 'base64')";
}

/**
 * The decoder's error message, without its log of earlier attempts. libvips keeps messages for the whole process: where two
 * pictures fail at once, one of them may be left with "Unknown error".
 */
export function decoderMessage(error: unknown): string {
  const lines = messageOf(error)
    .split('\n')
    .filter(
      (line) =>
        line !== 'Unknown error' && !/: bad seek to \d+$/.test(line) && !/^\s*\([\d.]+\)\s*$/.test(line),
    );
  return (lines[0] ?? 'the decoder gave no reason').replace(/^Input (file|buffer) has corrupt header: /, '');
}
