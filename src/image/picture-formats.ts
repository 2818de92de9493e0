/** Formats of files by their first bytes. */

/** Whether a file is in a format. @param start Its first bytes as Latin-1. */
type Signature = (start: string) => boolean;

const at =
  (offset: number, ...alternatives: string[]): Signature =>
  (start) =>
    alternatives.some((bytes) => start.startsWith(bytes, offset));

/** Media type → signature of the formats that can be read. */
const readable: Readonly<Record<string, Signature>> = {
  'image/jpeg': at(0, '\xff\xd8\xff'),
  'image/png': at(0, '\x89PNG\r\n\x1a\n'),
  'image/webp': (start) => at(0, 'RIFF')(start) && at(8, 'WEBP')(start),
  // TIFF and BigTIFF in both byte orders.
  'image/tiff': at(0, 'II*\0', 'MM\0*', 'II+\0', 'MM\0+'),
  'image/avif': (start) => heifCodec(start) === 'AV1',
  'image/gif': at(0, 'GIF87a', 'GIF89a'),
};

/** Name → signature of files that are often taken for pictures that can be read. */
const foreign: Readonly<Record<string, Signature>> = {
  'a BMP picture': at(0, 'BM'),
  'a HEIC picture': (start) => heifCodec(start) === 'HEVC',
  'a JPEG 2000 picture': at(0, '\0\0\0\x0cjP  ', '\xff\x4f\xff\x51'),
  'a JPEG XL picture': at(0, '\0\0\0\x0cJXL ', '\xff\x0a'),
  'a Photoshop document': at(0, '8BPS'),
  'a PDF document': at(0, '%PDF'),
  'an OpenEXR picture': at(0, '\x76\x2f\x31\x01'),
  'a DICOM file': at(128, 'DICM'),
  'a Zeiss CZI file': at(0, 'ZISRAWFILE'),
  'a Leica LIF file': at(0, '\x70\0\0\0'),
  'a Nikon ND2 file': at(0, '\xda\xce\xbe\x0a'),
  'an HDF5 file': at(0, '\x89HDF'),
  "macOS' metadata of another file": at(0, '\0\x05\x16\x07'),
  'an HTML page': at(0, '<!doctype html', '<!DOCTYPE html', '<html'),
};

const avifBrands = ['avif', 'avis'];
const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
/** Of the container, whatever the codec. */
const containerBrands = ['mif1', 'msf1'];

/** The codec of a HEIF file by the brands in its `ftyp` box (ISO/IEC 14496-12); undefined if it is not one. */
function heifCodec(start: string): 'AV1' | 'HEVC' | undefined {
  if (!start.startsWith('ftyp', 4)) return undefined;
  const brand = start.slice(8, 12);
  if (avifBrands.includes(brand)) return 'AV1';
  if (heicBrands.includes(brand)) return 'HEVC';
  if (!containerBrands.includes(brand)) return undefined;
  const [a, b, c, d] = Array.from(start.slice(0, 4), (byte) => byte.charCodeAt(0));
  const end = ((a * 256 + b) * 256 + c) * 256 + d;
  // The minor version is between the major brand and the compatible ones.
  const compatible = start.slice(16, end).match(/.{4}/gs) ?? [];
  return compatible.some((other) => avifBrands.includes(other)) ? 'AV1' : 'HEVC';
}

/** Bytes of the start of a file that the signatures need. */
export const sniffedBytes = 160;

/** Media types of the picture formats that can be read. */
export const pictureTypes: readonly string[] = Object.keys(readable);

/**
 * The format of a picture; the file may still be damaged.
 * @param file All of it, or its first `sniffedBytes`.
 * @returns The media type, or null if it is not a format that `decodePicture` reads.
 */
export function pictureType(file: Uint8Array): string | null {
  return formatIn(readable, file) ?? null;
}

/** What a file is that cannot be read, with its article; undefined if unknown. @param file As of `pictureType`. */
export function foreignName(file: Uint8Array): string | undefined {
  return formatIn(foreign, file);
}

function formatIn(formats: Readonly<Record<string, Signature>>, file: Uint8Array): string | undefined {
  const start = Buffer.from(file.subarray(0, sniffedBytes)).toString('latin1');
  return Object.keys(formats).find((name) => formats[name](start));
}
