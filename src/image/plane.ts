import type { Metadata } from 'sharp';
import { InputError } from '../core/errors.ts';
import { suggestion } from '../core/near-names.ts';
import { plural } from '../core/plural.ts';
import type { OpenPicture } from './open-picture.ts';
import type { PlaneChoice } from './plane-choice.ts';
import { stackOf, type TiffStack } from './tiff/stack.ts';
import { type TiffDirectory, tag } from './tiff/tags.ts';

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
  /** What messages call it. */
  readonly name: string;
}

/** The page of a TIFF that was chosen; undefined for other formats. Pages beyond those that were read are like the first. */
export function directoryOf({ directories, plane }: EncodedPicture): TiffDirectory | undefined {
  return directories[plane.page] ?? directories[0];
}

/** The most samples of a pixel that are colours and alpha. */
const maxColours = 4;

/** Number of pages that a file has to choose from. */
export function pageCount(picture: OpenPicture): number {
  return arrangementOf(picture).pages;
}

/**
 * Finds the page and channel that the user chose.
 * @throws InputError that names the file, if a choice is missing or does not exist.
 */
export function planeOf(picture: OpenPicture, { page, channel }: PlaneChoice, name: string): Plane {
  const { metadata, directories } = picture;
  const stack = arrangementOf(picture);
  if (page === undefined && stack.pages > 1 && directories.length > 0) {
    throw new InputError(
      name,
      `has ${stack.pages} pages; choose one (page, --page N), or predict all (--page all)`,
    );
  }
  if (page !== undefined && !(Number.isInteger(page) && page >= 1 && page <= stack.pages)) {
    throw new InputError(name, `has no page ${page}; it has ${plural(stack.pages, 'page')}, counted from 1`);
  }
  const inPages = stack.channels.length > 1;
  const names = inPages ? stack.channels : bandNames(metadata);
  if (channel === undefined && (inPages || isMultichannel(picture))) {
    const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
    throw new InputError(name, `has ${names.length} channels (${shown}); choose one (channel, --channel N)`);
  }
  const chosen = channel === undefined ? null : channelIndex(channel, names, name);
  const index = stack.directory((page ?? 1) - 1, inPages ? (chosen ?? 0) : 0);
  if (index === undefined) {
    throw new InputError(name, 'does not contain that plane; it may be in another file of the data set');
  }
  return { page: index, band: inPages || metadata.channels === 1 ? null : chosen };
}

function arrangementOf({ metadata, directories }: OpenPicture): TiffStack {
  const total = metadata.pages ?? 1;
  if (directories.length > 0) return stackOf(directories, total);
  return { pages: total, channels: ['1'], directory: (page) => page };
}

function bandNames({ channels }: Metadata): string[] {
  return Array.from({ length: channels }, (_, i) => String(i + 1));
}

/** Whether the samples of a pixel are not its colours: more than four, or several of a grey picture without alpha. */
function isMultichannel({ metadata, directories }: OpenPicture): boolean {
  return metadata.channels > maxColours || directories.slice(0, 1).some(hasExtraSamples);
}

function hasExtraSamples({ numbers }: TiffDirectory): boolean {
  const isGrey = (numbers.get(tag.photometric)?.[0] ?? 1) <= 1;
  const samples = numbers.get(tag.samplesPerPixel)?.[0] ?? 1;
  const hasAlpha = numbers.get(tag.extraSamples)?.some((kind) => kind === 1 || kind === 2) ?? false;
  return isGrey && samples > 1 && !hasAlpha;
}

function channelIndex(channel: number | string, names: readonly string[], file: string): number {
  const index =
    typeof channel === 'number'
      ? channel - 1
      : names.findIndex((name) => name.toLowerCase() === channel.toLowerCase());
  if (Number.isInteger(index) && index >= 0 && index < names.length) return index;
  const advice =
    typeof channel === 'number' ? `; it has ${names.length}, counted from 1` : suggestion(channel, names);
  throw new InputError(file, `has no channel ${channel}${advice}`);
}
