import { joinBytes } from '../../core/join-arrays.ts';
import { crc32 } from './crc32.ts';
import type { ZipEntry } from './reader.ts';

/** A file to put into an archive. */
export interface ZipFile {
  name: string;
  read(): Promise<Uint8Array>;
}

/** Contents start at multiples of this, as in torch's files, so that they can be mapped into memory. */
const alignment = 64;

/** Sizes and offsets of at least this are in zip64 fields. */
const zip64From = 0xffffffff;

const entriesZip64From = 0xffff;

/** 1 January 1980, the earliest date of the format. A constant, so that equal contents give equal archives. */
const dosDate = 0x0021;

/** Version needed to extract: 4.5, the first with zip64. */
const version = 45;

/** The bytes of a zip archive without compression, in order. One file at a time is in memory. */
export async function* encodeZip(files: Iterable<ZipFile>): AsyncGenerator<Uint8Array> {
  const entries: ZipEntry[] = [];
  let offset = 0;
  for (const { name, read } of files) {
    const bytes = await read();
    const entry = { name, size: bytes.length, crc32: crc32(bytes), localHeaderOffset: offset };
    const header = localHeader(entry);
    entries.push(entry);
    yield header;
    yield bytes;
    offset += header.length + bytes.length;
  }
  yield zipDirectory(entries, offset);
}

/** The header before a file's content, with padding that aligns the content. */
function localHeader(entry: ZipEntry): Uint8Array {
  const name = new TextEncoder().encode(entry.name);
  const wide = entry.size >= zip64From ? zip64Field([entry.size, entry.size]) : new Uint8Array(0);
  const unpadded = entry.localHeaderOffset + 30 + name.length + wide.length + 4;
  const padding = new Uint8Array(4 + ((alignment - (unpadded % alignment)) % alignment));
  const view = new DataView(padding.buffer);
  // torch's padding: an extra field that other readers skip.
  view.setUint16(0, 0x4246, true);
  view.setUint16(2, padding.length - 4, true);
  const fixed = new DataView(new ArrayBuffer(30));
  fixed.setUint32(0, 0x04034b50, true);
  setCommon(fixed, 4, entry);
  fixed.setUint16(26, name.length, true);
  fixed.setUint16(28, wide.length + padding.length, true);
  return joinBytes([bytesOf(fixed), name, wide, padding]);
}

/**
 * The central directory and the end records.
 * @param offset Where the directory starts in the archive.
 */
export function zipDirectory(entries: readonly ZipEntry[], offset: number): Uint8Array {
  const headers = entries.map(centralHeader);
  const length = headers.reduce((sum, header) => sum + header.length, 0);
  const end = { count: entries.length, offset, length };
  return joinBytes([...headers, ...(needsZip64(end) ? zip64EndRecords(end) : []), endRecord(end)]);
}

interface DirectoryPlace {
  count: number;
  offset: number;
  length: number;
}

function centralHeader(entry: ZipEntry): Uint8Array {
  const name = new TextEncoder().encode(entry.name);
  const { size, localHeaderOffset } = entry;
  const values = [size, size, localHeaderOffset].filter((value) => value >= zip64From);
  const wide = values.length > 0 ? zip64Field(values) : new Uint8Array(0);
  const fixed = new DataView(new ArrayBuffer(46));
  fixed.setUint32(0, 0x02014b50, true);
  fixed.setUint16(4, version, true);
  setCommon(fixed, 6, entry);
  fixed.setUint16(28, name.length, true);
  fixed.setUint16(30, wide.length, true);
  fixed.setUint32(42, Math.min(localHeaderOffset, zip64From), true);
  return joinBytes([bytesOf(fixed), name, wide]);
}

/** The fields of both headers: version, flags, method, time, date, checksum and sizes. */
function setCommon(view: DataView, at: number, { crc32, size }: ZipEntry): void {
  view.setUint16(at, version, true);
  view.setUint16(at + 8, dosDate, true);
  view.setUint32(at + 10, crc32, true);
  view.setUint32(at + 14, Math.min(size, zip64From), true);
  view.setUint32(at + 18, Math.min(size, zip64From), true);
}

function zip64Field(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 8 * values.length));
  view.setUint16(0, 0x0001, true);
  view.setUint16(2, 8 * values.length, true);
  values.forEach((value, i) => {
    view.setBigUint64(4 + 8 * i, BigInt(value), true);
  });
  return bytesOf(view);
}

function needsZip64({ count, offset, length }: DirectoryPlace): boolean {
  return offset >= zip64From || length >= zip64From || count >= entriesZip64From;
}

function zip64EndRecords({ count, offset, length }: DirectoryPlace): Uint8Array[] {
  const record = new DataView(new ArrayBuffer(56));
  record.setUint32(0, 0x06064b50, true);
  record.setBigUint64(4, 44n, true);
  record.setUint16(12, version, true);
  record.setUint16(14, version, true);
  record.setBigUint64(24, BigInt(count), true);
  record.setBigUint64(32, BigInt(count), true);
  record.setBigUint64(40, BigInt(length), true);
  record.setBigUint64(48, BigInt(offset), true);
  const locator = new DataView(new ArrayBuffer(20));
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(offset + length), true);
  locator.setUint32(16, 1, true);
  return [bytesOf(record), bytesOf(locator)];
}

function endRecord({ count, offset, length }: DirectoryPlace): Uint8Array {
  const record = new DataView(new ArrayBuffer(22));
  record.setUint32(0, 0x06054b50, true);
  record.setUint16(8, Math.min(count, entriesZip64From), true);
  record.setUint16(10, Math.min(count, entriesZip64From), true);
  record.setUint32(12, Math.min(length, zip64From), true);
  record.setUint32(16, Math.min(offset, zip64From), true);
  return bytesOf(record);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
