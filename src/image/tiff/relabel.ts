import { tiffColourOf } from './colour.ts';
import { firstOf, type TiffDirectory, tag } from './tags.ts';

const signed = 2;
const float = 3;

/**
 * Whether libvips would convert the samples of a page wrongly, unless the page is said to be RGB, as `partOfPage` says of
 * what it copies.
 */
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
