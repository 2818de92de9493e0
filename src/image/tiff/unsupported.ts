import { isSubsampled, tiffColourOf } from './colour.ts';
import { firstOf, type TiffDirectory, tag } from './tags.ts';

/** Compressions that libvips decodes, by their numbers: the others have no codec in its build. */
const decodable: ReadonlySet<number> = new Set([
  ...[1, 2, 3, 4, 5, 6, 7, 8, 32_946, 32_773, 32_771, 32_766, 32_809, 32_909, 34_676, 34_677, 50_001],
]);

/** Names of those that microscopes, scanners and GDAL write. */
const names: Readonly<Record<number, string>> = {
  ...{ 33003: 'JPEG 2000', 33004: 'JPEG 2000', 33005: 'JPEG 2000', 34712: 'JPEG 2000' },
  ...{ 34661: 'JBIG', 34887: 'LERC', 34892: 'lossy JPEG of DNG', 34925: 'LZMA' },
  ...{ 34933: 'PNG', 34934: 'JPEG XR', 22610: 'JPEG XR', 50000: 'Zstandard' },
  ...{ 50002: 'JPEG XL', 52546: 'JPEG XL' },
};

const jpeg = 7;
const jpegs: readonly number[] = [6, jpeg];
const packBits = 32_773;

/**
 * Why a page of a TIFF is not read, in words that follow the file's name: libvips would fail without saying what to do, or
 * return wrong pixels.
 * @returns Undefined where it can be read, as far as its tags tell.
 */
export function unsupportedReason(directory: TiffDirectory): string | undefined {
  return unsupportedCompression(directory) ?? unsupportedSamples(directory) ?? unsupportedLayout(directory);
}

function unsupportedCompression(directory: TiffDirectory): string | undefined {
  const compression = firstOf(directory, 'compression');
  if (!decodable.has(compression)) {
    const name = names[compression] ?? `method ${compression}`;
    return `is compressed with ${name}, which is unsupported in TIFF; save it with LZW or Deflate compression`;
  }
  // libtiff ignores it.
  if (compression === packBits && firstOf(directory, 'predictor') > 1) {
    return 'is compressed with PackBits and a predictor, which is unsupported; save it with LZW or Deflate compression';
  }
  if (compression === jpeg && isTiled(directory) && hasLongTiles(directory)) {
    const side = `${firstOf(directory, 'tileWidth')}×${firstOf(directory, 'tileLength')}`;
    return `has JPEG tiles of ${side} pixels, which are unsupported; save it with larger tiles or without JPEG compression`;
  }
  if (tiffColourOf(directory)?.name === 'YCbCr' && isSubsampled(directory)) {
    return 'is a subsampled YCbCr TIFF without JPEG compression; convert it to RGB';
  }
  return undefined;
}

function unsupportedSamples(directory: TiffDirectory): string | undefined {
  const { numbers } = directory;
  const bits = numbers.get(tag.bitsPerSample) ?? [1];
  const most = bits.reduce((a, b) => Math.max(a, b), 0);
  if (most > 32) return `has samples of ${most} bits; convert them to 16 bits or 32-bit floats`;
  // A JPEG of 12 bits, which no build decodes that also decodes 8 bits.
  const isWhole =
    most === 8 || (!jpegs.includes(firstOf(directory, 'compression')) && [16, 32].includes(most));
  // Where the photometric interpretation is missing, the decoder says so.
  const isGrey = !numbers.has(tag.photometric) || !isColour(directory);
  const isPart = [1, 2, 4].includes(most) && firstOf(directory, 'samplesPerPixel') === 1 && isGrey;
  if (bits.some((each) => each !== most) || !(isWhole || isPart)) {
    const kinds = [...new Set(bits)].join(', ');
    return `has samples of ${kinds} bits, which are unsupported; save it with 8 or 16 bits`;
  }
  if (firstOf(directory, 'sampleFormat') > 4) return 'has complex samples; save their magnitude';
  return undefined;
}

function unsupportedLayout(directory: TiffDirectory): string | undefined {
  const depth = firstOf(directory, 'imageDepth');
  if (depth > 1) {
    return `has ${depth} slices in one page (ImageDepth), which is unsupported; save each slice as a page`;
  }
  if (firstOf(directory, 'planarConfiguration') !== 2) return undefined;
  // libvips would mix up their rows.
  if (!isColour(directory) && firstOf(directory, 'samplesPerPixel') > 1) {
    return 'has its channels as separate planes of one page; save each channel as a page';
  }
  if (isTiled(directory)) {
    return 'has separate planes of tiles, which are unsupported; save it with interleaved samples (PlanarConfiguration 1)';
  }
  return undefined;
}

/** Whether a page is stored in tiles, not in strips of rows. */
export function isTiled({ numbers }: TiffDirectory): boolean {
  return numbers.has(tag.tileWidth);
}

/** Whether tiles were left out when the file was written, as GDAL does with those that have no data. */
export function isSparse({ numbers }: TiffDirectory): boolean {
  return numbers.get(tag.tileByteCounts)?.includes(0) ?? false;
}

/** Whether a page is neither grey nor a palette. */
function isColour(directory: TiffDirectory): boolean {
  return ![0, 1, 3].includes(firstOf(directory, 'photometric'));
}

/** libvips reads only twice as many bytes of a JPEG tile as its pixels have, fewer than small tiles of much detail need. */
function hasLongTiles(directory: TiffDirectory): boolean {
  const pixels = firstOf(directory, 'tileWidth') * firstOf(directory, 'tileLength');
  const most = 2 * pixels * firstOf(directory, 'samplesPerPixel');
  const counts = directory.numbers.get(tag.tileByteCounts);
  return counts === undefined ? pixels < 32 * 32 : counts.some((count) => count > most);
}
