import { foreignName } from './picture-formats.ts';

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
  const name = foreignName(start);
  if (name === undefined) return undefined;
  const remedy = remedies.find(([pattern]) => pattern.test(name))?.[1];
  return `is ${name}, which cannot be read${remedy === undefined ? '' : `; ${remedy}`}`;
}
