import { type PlaneChoice, parseChannel } from '../../image/plane-choice.ts';
import type { CocoImage } from './types.ts';

/**
 * The page and channel that an image record names itself. Only those of TIFF files count: in data sets of other pictures,
 * such as pages of documents, the same fields have other meanings.
 */
export function ownPlane({ file_name = '', page, channel }: CocoImage): PlaneChoice {
  if (!isTiffName(file_name)) return {};
  return {
    ...(page === undefined ? {} : { page }),
    ...(channel === undefined ? {} : { channel: parseChannel(String(channel)) }),
  };
}

/**
 * Whether the plane that was chosen of a file is that of an image record, as far as the record names one. A name of a channel
 * and a number cannot be compared without the file.
 */
export function isOwnPlane(
  image: CocoImage,
  { page = 1, channel }: Pick<CocoImage, 'page' | 'channel'>,
): boolean {
  const own = ownPlane(image);
  const isOtherChannel =
    typeof own.channel === typeof channel &&
    String(own.channel).toLowerCase() !== String(channel).toLowerCase();
  return (own.page === undefined || own.page === page) && !isOtherChannel;
}

/** Whether a value of JSON is the number of a page or a channel. */
export function isPlaneNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** Whether a file may be a stack, by its name. */
export function isTiffName(name: string): boolean {
  return /\.tiff?$/i.test(name);
}
