import { InputError } from '../core/errors.ts';
import { maxSide } from '../core/picture-limits.ts';
import { type DecodeOptions, decodeOpened, openForDecoding, rangeOfRegion, readyToDecode } from './decode.ts';
import type { Picture } from './picture.ts';
import { type OpenedRegions, type PictureRegions, regionsOf } from './picture-regions.ts';
import { isWide, statedRange } from './pixels.ts';
import type { EncodedPicture } from './plane.ts';
import { cropPicture, type Region } from './region.ts';
import type { SampleRange } from './wide-samples.ts';

export interface RegionOptions extends Omit<DecodeOptions, 'maxPixels'> {
  /** Pictures with at most this many pixels are decoded at once. Default 64 million: 192 MB as RGB. */
  readonly heldPixels?: number | undefined;
}

const usualHeldPixels = 64e6;

/** The most pixels of a region, with the rest of its rows. */
const maxBandPixels = 2 ** 28;

/** Pixels that are read at once to find the range of samples. */
const rangePixels = 2 ** 24;

/** The most pixels of a picture that is read in parts: positions in its masks are 32-bit numbers. */
const maxPixels = 2 ** 31;

/**
 * Opens a picture file to be read in parts, as `decodePicture` reads the whole. Files that hold rows or tiles (TIFF) are
 * read where needed; the others are decoded again for each band of rows, up to its end.
 * @param source A path, an http(s) address, or the file's bytes.
 * @throws InputError as `decodePicture` does.
 */
export async function openRegions(
  source: string | Uint8Array,
  { heldPixels = usualHeldPixels, ...choice }: RegionOptions = {},
): Promise<OpenedRegions> {
  const file = await openForDecoding(source, choice);
  const { width, height } = file.metadata;
  if (width * height <= heldPixels) {
    const picture = await decodeOpened(await readyToDecode(file));
    return { regions: regionsOf(picture), picture };
  }
  if (Math.max(width, height) > maxSide || width * height > maxPixels) {
    const limits = `${maxSide} per side and ${maxPixels} in all`;
    throw new InputError(file.name, `has ${width}×${height} pixels, more than the limits of ${limits}`);
  }
  if ((file.metadata.orientation ?? 1) !== 1) {
    const remedy = 'save it upright, since a picture of this size is read in parts';
    throw new InputError(
      file.name,
      `has ${width}×${height} pixels and is turned by its EXIF orientation; ${remedy}`,
    );
  }
  const ready = await readyToDecode(file);
  const range = isWide(ready) && !statesRange(ready) ? await rangeOfFile(ready) : undefined;
  return { regions: new RegionsOfFile({ ...ready, range }), picture: null };
}

/** Whether the file states black and white, so that a part of the picture is scaled as the whole. */
function statesRange(file: EncodedPicture): boolean {
  const [black, white] = statedRange(file) ?? [0, 0];
  return white > black;
}

/** The range of all samples: that of a part may suggest another black and white. */
async function rangeOfFile(file: EncodedPicture): Promise<SampleRange | undefined> {
  const { width, height } = file.metadata;
  const rows = Math.max(Math.floor(rangePixels / width), 1);
  let range: SampleRange | undefined;
  for (let top = 0; top < height; top += rows) {
    const region = { left: 0, top, width, height: Math.min(rows, height - top) };
    range = await rangeOfRegion(file, region, range);
  }
  return range;
}

/** Reads bands of whole rows, and keeps the last one for the other regions of these rows. */
class RegionsOfFile implements PictureRegions {
  readonly width: number;
  readonly height: number;
  readonly #file: EncodedPicture;
  #band: { region: Region; picture: Picture } | undefined;

  constructor(file: EncodedPicture) {
    this.#file = file;
    this.width = file.metadata.width;
    this.height = file.metadata.height;
  }

  async read(region: Region): Promise<Picture> {
    const { picture, region: band } = await this.#bandOf(region);
    return cropPicture(picture, { ...region, top: region.top - band.top });
  }

  async #bandOf({ top, height }: Region): Promise<{ region: Region; picture: Picture }> {
    const kept = this.#band;
    if (kept && kept.region.top <= top && kept.region.top + kept.region.height >= top + height) return kept;
    if (this.width * height > maxBandPixels) {
      const remedy = 'choose smaller tiles, and leave out the prediction of the whole picture';
      throw new InputError(this.#file.name, `is too wide for regions of ${height} rows: ${remedy}`);
    }
    // The memory of the last band is free for the next.
    this.#band = undefined;
    const region = { left: 0, top, width: this.width, height };
    this.#band = { region, picture: await decodeOpened(this.#file, region) };
    return this.#band;
  }
}
