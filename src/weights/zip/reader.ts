import { InputError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import type { ByteSource } from '../byte-source.ts';

/** One file of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes of the content. */
  readonly size: number;
  readonly crc32: number;
  readonly localHeaderOffset: number;
}

/** Larger central directories are refused; a state dict of 100,000 tensors needs about 10 MiB. */
const maxDirectoryBytes = 16 * 2 ** 20;

const endRecordLength = 22;
const zip64LocatorLength = 20;
const zip64EndRecordLength = 56;
const centralHeaderLength = 46;
const localHeaderLength = 30;
const maxCommentLength = 0xffff;

/**
 * Reads the directory of a zip archive whose entries are stored without compression, zip64 included
 * (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3), as `torch.save` writes them.
 * @returns Name → entry.
 * @throws InputError where it is damaged, or an entry is compressed, encrypted or named twice.
 */
export async function readZipDirectory(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const { offset, length } = await locateDirectory(source);
  if (length > maxDirectoryBytes) throw new InputError(source.name, `its zip directory has ${length} bytes`);
  const bytes = await source.read(offset, length);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < bytes.length; ) {
    const { entry, next } = parseEntry(source, bytes, at);
    if (entries.has(entry.name)) throw damaged(source, `${printable(entry.name)} is in the archive twice`);
    if (entry.localHeaderOffset + localHeaderLength + entry.size > offset) {
      throw damaged(source, `${printable(entry.name)} extends beyond the archive's data`);
    }
    entries.set(entry.name, entry);
    at = next;
  }
  return entries;
}

/** Offset of the first byte of an entry's content. Only the local header contains its own length. */
export async function contentOffset(source: ByteSource, entry: ZipEntry): Promise<number> {
  const header = viewOf(await source.read(entry.localHeaderOffset, localHeaderLength));
  if (header.getUint32(0, true) !== 0x04034b50)
    throw damaged(source, `${printable(entry.name)} has no header`);
  const names = header.getUint16(26, true) + header.getUint16(28, true);
  return entry.localHeaderOffset + localHeaderLength + names;
}

async function locateDirectory(source: ByteSource): Promise<{ offset: number; length: number }> {
  const tailLength = Math.min(source.size, endRecordLength + maxCommentLength);
  const tailStart = source.size - tailLength;
  const tail = viewOf(await source.read(tailStart, tailLength));
  let at = tailLength - endRecordLength;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0)
    throw new InputError(source.name, 'truncated or damaged: the zip archive has no directory at its end');
  const offset = tail.getUint32(at + 16, true);
  const length = tail.getUint32(at + 12, true);
  const needsZip64 =
    offset === 0xffffffff || length === 0xffffffff || tail.getUint16(at + 10, true) === 0xffff;
  return needsZip64 ? locateZip64Directory(source, tailStart + at) : { offset, length };
}

async function locateZip64Directory(source: ByteSource, endRecordOffset: number) {
  const locatorOffset = endRecordOffset - zip64LocatorLength;
  if (locatorOffset < 0) throw damaged(source, 'the zip64 locator is missing');
  const locator = viewOf(await source.read(locatorOffset, zip64LocatorLength));
  if (locator.getUint32(0, true) !== 0x07064b50) throw damaged(source, 'the zip64 locator is missing');
  const record = viewOf(await source.read(Number(locator.getBigUint64(8, true)), zip64EndRecordLength));
  if (record.getUint32(0, true) !== 0x06064b50) throw damaged(source, 'the zip64 record is missing');
  return { offset: Number(record.getBigUint64(48, true)), length: Number(record.getBigUint64(40, true)) };
}

function parseEntry(source: ByteSource, bytes: Uint8Array, at: number): { entry: ZipEntry; next: number } {
  if (at + centralHeaderLength > bytes.length)
    throw damaged(source, 'the zip directory ends within an entry');
  const header = viewOf(bytes.subarray(at));
  if (header.getUint32(0, true) !== 0x02014b50)
    throw damaged(source, 'the zip directory contains something else');
  const nameLength = header.getUint16(28, true);
  const extraLength = header.getUint16(30, true);
  const nameEnd = at + centralHeaderLength + nameLength;
  const next = nameEnd + extraLength + header.getUint16(32, true);
  if (next > bytes.length) throw damaged(source, 'the zip directory ends within an entry');
  const name = new TextDecoder().decode(bytes.subarray(at + centralHeaderLength, nameEnd));
  const sizes = readSizes(source, header, bytes.subarray(nameEnd, nameEnd + extraLength));
  if ((header.getUint16(8, true) & 1) !== 0) throw damaged(source, `${printable(name)} is encrypted`);
  if (header.getUint16(10, true) !== 0 || sizes.compressed !== sizes.uncompressed) {
    throw new InputError(
      source.name,
      `${printable(name)} is compressed; torch.save does not compress; unpack and save it again`,
    );
  }
  const entry: ZipEntry = {
    name,
    size: sizes.uncompressed,
    crc32: header.getUint32(16, true),
    localHeaderOffset: sizes.localHeaderOffset,
  };
  return { entry, next };
}

/** Sizes and offset of a directory entry. Those that do not fit 32 bits are in the zip64 field, in this order. */
function readSizes(source: ByteSource, header: DataView, extra: Uint8Array) {
  const wide = zip64Values(extra);
  const read = (at: number): number => {
    const value = header.getUint32(at, true);
    if (value !== 0xffffffff) return value;
    const next = wide.shift();
    if (next === undefined || !Number.isSafeInteger(next)) throw damaged(source, 'a zip64 size is missing');
    return next;
  };
  const uncompressed = read(24);
  const compressed = read(20);
  return { uncompressed, compressed, localHeaderOffset: read(42) };
}

function zip64Values(extra: Uint8Array): number[] {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    const end = Math.min(at + 4 + length, extra.length);
    if (view.getUint16(at, true) === 0x0001) {
      const values: number[] = [];
      for (let value = at + 4; value + 8 <= end; value += 8)
        values.push(Number(view.getBigUint64(value, true)));
      return values;
    }
    at += 4 + length;
  }
  return [];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(source: ByteSource, problem: string): InputError {
  return new InputError(source.name, `damaged: ${problem}`);
}
