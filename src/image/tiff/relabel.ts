import { tiffColourOf } from './colour.ts';
import { firstOf, type TiffDirectory, tag } from './tags.ts';

const rgb = 2;
const signed = 2;
const float = 3;

/** Whether libvips would convert the samples of a page wrongly, unless the page is said to be RGB. */
export function needsRelabelling(directory: TiffDirectory): boolean {
  return tiffColourOf(directory) !== undefined || isShortGrey(directory);
}

/** Grey of 16 bits that are signed or floats: libvips makes them unsigned integers. */
function isShortGrey(directory: TiffDirectory): boolean {
  const isShort = directory.numbers.get(tag.bitsPerSample)?.[0] === 16;
  return (
    isShort &&
    firstOf(directory, 'photometric') <= 1 &&
    [signed, float].includes(firstOf(directory, 'sampleFormat'))
  );
}

/** A copy of the file in which pages are said to be RGB, so that libvips returns their samples as they are. */
export function relabelledAsRgb(file: Uint8Array, directories: readonly TiffDirectory[]): Uint8Array {
  const copy = Buffer.from(file);
  const isLittle = copy[0] === 0x49;
  for (const directory of directories) {
    if (!needsRelabelling(directory)) continue;
    if (isLittle) copy.writeUInt16LE(rgb, directory.photometricAt);
    else copy.writeUInt16BE(rgb, directory.photometricAt);
  }
  return copy;
}
