import { inflateSync } from 'node:zlib';

/** Length, type and checksum of a chunk (PNG specification, 5.3). */
const chunkOverhead = 12;
const signatureLength = 8;
/** The chunks that pixels depend on; text and colour profiles, which may inflate to gigabytes, do not matter. */
const essential = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'];

/**
 * A PNG file reduced to the chunks that its pixels depend on.
 * @throws RangeError if its image data inflates to more than its header announces.
 */
export function essentialPng(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const kept = [bytes.subarray(0, signatureLength)];
  const data: Buffer[] = [];
  for (let at = signatureLength; at + chunkOverhead <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const chunk = bytes.subarray(at, at + chunkOverhead + length);
    if (essential.includes(type)) kept.push(chunk);
    if (type === 'IDAT') data.push(chunk.subarray(8, -4));
    at += chunkOverhead + length;
  }
  refuseMoreData(Buffer.concat(data), inflatedSize(bytes));
  return Buffer.concat(kept);
}

/** The most bytes that the image data of a header takes: 7 interlaced passes, each with a byte more per row. */
function inflatedSize(bytes: Buffer): number {
  const header = signatureLength + 8;
  if (bytes.length < header + 13) return 0;
  const [width, height] = [bytes.readUInt32BE(header), bytes.readUInt32BE(header + 4)];
  const bitsPerPixel = bytes[header + 8] * (samplesPerPixel.get(bytes[header + 9]) ?? 4);
  return (Math.ceil((width * bitsPerPixel) / 8) + 8) * (height + 8);
}

/** By colour type. */
const samplesPerPixel = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

function refuseMoreData(data: Buffer, size: number): void {
  try {
    inflateSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    // Other damage is reported by the decoder.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return;
    throw new RangeError(`its image data is more than the ${size} bytes of its header`, { cause: error });
  }
}
