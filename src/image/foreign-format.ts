/** First bytes (Latin-1) of files that are often taken for pictures that can be read, at an offset, with their name. */
const signatures: readonly (readonly [offset: number, alternatives: readonly string[], name: string])[] = [
  [0, ['BM'], 'a BMP picture'],
  [
    4,
    ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'].map(
      (brand) => `ftyp${brand}`,
    ),
    'a HEIC picture',
  ],
  [0, ['\0\0\0\x0cjP  ', '\xff\x4f\xff\x51'], 'a JPEG 2000 picture'],
  [0, ['\0\0\0\x0cJXL ', '\xff\x0a'], 'a JPEG XL picture'],
  [0, ['8BPS'], 'a Photoshop document'],
  [0, ['%PDF'], 'a PDF document'],
  [0, ['\x76\x2f\x31\x01'], 'an OpenEXR picture'],
  [128, ['DICM'], 'a DICOM file'],
  [0, ['ZISRAWFILE'], 'a Zeiss CZI file'],
  [0, ['\x70\0\0\0'], 'a Leica LIF file'],
  [0, ['\xda\xce\xbe\x0a'], 'a Nikon ND2 file'],
  [0, ['\x89HDF'], 'an HDF5 file'],
  [0, ['\0\x05\x16\x07'], "macOS' metadata of another file"],
  [0, ['<!doctype html', '<!DOCTYPE html', '<html'], 'an HTML page'],
];

/** Bytes of the start of a file that `foreignFormat` needs. */
export const sniffedBytes = 160;

const remedies: readonly [RegExp, string][] = [
  [/HEIC/, 'convert it to JPEG, for example with `sips -s format jpeg` on macOS or `magick` elsewhere'],
  [/CZI|LIF|ND2/, 'export it as OME-TIFF'],
  [/picture|document|DICOM|HDF5/, 'convert it to PNG or TIFF'],
];

/**
 * What a file is that libvips does not read, and what to do, in words that follow its name; undefined if unknown.
 * @param start The first bytes of the file.
 */
export function foreignFormat(start: Uint8Array): string | undefined {
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString('latin1');
  const found = signatures.find(([offset, alternatives]) =>
    alternatives.some((bytes) => text.startsWith(bytes, offset)),
  );
  if (found === undefined) return undefined;
  const [, , name] = found;
  const remedy = remedies.find(([pattern]) => pattern.test(name))?.[1];
  return `is ${name}, which cannot be read${remedy === undefined ? '' : `; ${remedy}`}`;
}
