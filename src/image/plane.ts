import { InputError } from '../core/errors.ts';
import { suggestion } from '../core/near-names.ts';
import { plural } from '../core/plural.ts';
import type { OpenPicture } from './open-picture.ts';
import type { PlaneChoice } from './plane-choice.ts';
import { isMultichannel } from './tiff/extra-samples.ts';
import type { TiffStack } from './tiff/stack.ts';
import { stackOf } from './tiff/stack-of.ts';
import type { TiffDirectory } from './tiff/tags.ts';
import type { SampleRange } from './wide-samples.ts';

/** The part of a file that is decoded. */
export interface Plane {
  /** As libvips counts pages, from 0. */
  readonly page: number;
  /** The sample of each pixel, from 0; null: all of them, as colours. */
  readonly band: number | null;
}

/** A picture file whose page and channel are chosen. */
export interface EncodedPicture extends OpenPicture {
  readonly plane: Plane;
  /** Of a picture that is read in parts, the range of all its samples where they are neither 8 nor unsigned 16 bits. */
  readonly range?: SampleRange | undefined;
  /** What messages call it. */
  readonly name: string;
}

/** The page of a TIFF that was chosen; undefined for other formats. Pages beyond those that were read are like the first. */
export function directoryOf({ directories, plane }: EncodedPicture): TiffDirectory | undefined {
  return directories[plane.page] ?? directories[0];
}

/** Number of pages that a file has to choose from. */
export function pageCount(picture: OpenPicture): number {
  return arrangementOf(picture).pages;
}

/** A page of a file, and the channel that is still to be chosen from its samples. */
export interface ChosenPage {
  /** As libvips counts pages, from 0. */
  readonly page: number;
  /** Of the images that follow each other in the data of the page, from 0. */
  readonly image: number;
  /** Null where channels are pages. */
  readonly channel: PlaneChoice['channel'] | null;
}

/**
 * Finds the page that the user chose, and the channel if channels are pages.
 * @throws InputError that names the file, if a choice is missing or does not exist.
 */
export function pageOf(picture: OpenPicture, { page, channel }: PlaneChoice, name: string): ChosenPage {
  const { directories } = picture;
  const stack = arrangementOf(picture);
  if (page === undefined && stack.pages > 1 && !stack.isFirstMain && directories.length > 0) {
    throw new InputError(
      name,
      `has ${stack.pages} pages; choose one (page, --page N), or predict all (--page all)`,
    );
  }
  if (page !== undefined && !(Number.isInteger(page) && page >= 1 && page <= stack.pages)) {
    const others = stack.elsewhere === undefined ? '' : `; other planes are in ${stack.elsewhere}`;
    throw new InputError(
      name,
      `has no page ${page}; it has ${plural(stack.pages, 'page')}, counted from 1${others}`,
    );
  }
  const index = (page ?? 1) - 1;
  const channels = stack.channels(index);
  const inPages = channels.length > 1;
  const plane = stack.plane(index, inPages ? channelIndex(channel, channels, name) : 0);
  if (typeof plane === 'string') throw new InputError(name, plane);
  return { page: plane.directory, image: plane.image, channel: inPages ? null : channel };
}

/**
 * Finds the sample of each pixel that the user chose.
 * @param picture With the metadata of the page.
 * @returns From 0; null: all of them, as colours.
 * @throws InputError that names the file, if a choice is missing or does not exist.
 */
export function bandOf(
  { metadata, directories }: OpenPicture,
  { page, channel }: Pick<ChosenPage, 'page' | 'channel'>,
  name: string,
): number | null {
  const directory = directories[page] ?? directories[0];
  const isMany = directory !== undefined && isMultichannel(directory);
  if (channel === null && isMany) {
    throw new InputError(
      name,
      `has ${metadata.channels} samples in each pixel of a channel; save it with one`,
    );
  }
  if (channel === null || (channel === undefined && !isMany)) return null;
  const names = Array.from({ length: metadata.channels }, (_, i) => String(i + 1));
  const index = channelIndex(channel, names, name);
  return metadata.channels === 1 ? null : index;
}

function arrangementOf({ metadata, directories, fileName }: OpenPicture): TiffStack {
  const total = metadata.pages ?? 1;
  if (directories.length > 0) return stackOf(directories, total, fileName);
  return { pages: total, channels: () => ['1'], plane: (page) => ({ directory: page, image: 0 }) };
}

function channelIndex(channel: PlaneChoice['channel'], names: readonly string[], file: string): number {
  if (channel === undefined) {
    const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
    throw new InputError(file, `has ${names.length} channels (${shown}); choose one (channel, --channel N)`);
  }
  const index =
    typeof channel === 'number'
      ? channel - 1
      : names.findIndex((name) => name.toLowerCase() === channel.toLowerCase());
  if (Number.isInteger(index) && index >= 0 && index < names.length) return index;
  const advice =
    typeof channel === 'number' ? `; it has ${names.length}, counted from 1` : suggestion(channel, names);
  throw new InputError(file, `has no channel ${channel}${advice}`);
}
