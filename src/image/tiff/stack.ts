import { type TiffDirectory, tag } from './tags.ts';

/** How the pages of a TIFF are arranged. */
export interface TiffStack {
  /** Number of pages that show different things: slices, times, or pages of a document. */
  readonly pages: number;
  /** Names of the channels that are separate pages, or their numbers; one if they are not separate. */
  readonly channels: readonly string[];
  /**
   * The directory of a page and channel, both from 0.
   * @returns Undefined if the file does not contain it.
   */
  directory(page: number, channel: number): number | undefined;
}

/**
 * The arrangement of a TIFF: by its OME-XML, by ImageJ's description, or one page after the other without thumbnails and
 * reduced copies.
 * @param total Number of directories, of which those listed were read.
 */
export function stackOf(directories: readonly TiffDirectory[], total: number): TiffStack {
  const { description } = directories[0];
  const planes = omePlanes(description) ?? imageJPlanes(description);
  if (planes !== undefined && planes.sizes.C * planes.sizes.Z * planes.sizes.T > 1)
    return arranged(planes, total);
  const full = [...Array(total).keys()].filter((i) => {
    const directory = directories[i];
    return directory === undefined || isFullSize(directory, directories[0]);
  });
  return { pages: full.length, channels: ['1'], directory: (page) => full[page] };
}

/** Neither marked as a reduced copy or a mask, nor smaller than the first page. */
function isFullSize({ numbers }: TiffDirectory, first: TiffDirectory): boolean {
  const side = (of: TiffDirectory['numbers'], name: 'width' | 'height') => of.get(tag[name])?.[0] ?? 0;
  const isMarked = ((numbers.get(tag.newSubfileType)?.[0] ?? 0) & 0b101) !== 0;
  const isSmaller =
    side(numbers, 'width') < side(first.numbers, 'width') ||
    side(numbers, 'height') < side(first.numbers, 'height');
  return !isMarked && !isSmaller;
}

interface Planes {
  readonly sizes: Readonly<Record<'C' | 'Z' | 'T', number>>;
  /** The dimensions, the one that changes fastest first. */
  readonly order: readonly ('C' | 'Z' | 'T')[];
  readonly names: readonly string[];
}

function arranged({ sizes, order, names }: Planes, total: number): TiffStack {
  return {
    pages: sizes.Z * sizes.T,
    channels: names,
    directory(page, channel) {
      const at = { C: channel, Z: page % sizes.Z, T: Math.floor(page / sizes.Z) };
      let index = 0;
      let step = 1;
      for (const dimension of order) {
        index += at[dimension] * step;
        step *= sizes[dimension];
      }
      return index < total ? index : undefined;
    },
  };
}

/** The first image of OME-XML (https://docs.openmicroscopy.org/ome-model/). Samples of one page are not channels of their own. */
function omePlanes(description: string): Planes | undefined {
  const pixels = /<(?:\w+:)?Pixels\s[^>]*>/.exec(description);
  if (pixels === null) return undefined;
  const end = description.indexOf('Pixels>', pixels.index + pixels[0].length);
  const content = description.slice(pixels.index, end < 0 ? undefined : end);
  const channels = [...content.matchAll(/<(?:\w+:)?Channel\s[^>]*>/g)].map(([element]) => element);
  const size = (name: string) => positive(attribute(pixels[0], name));
  const samples = channels.reduce((sum, element) => sum + positive(attribute(element, 'SamplesPerPixel')), 0);
  const inPages = samples === size('SizeC') ? channels.length : size('SizeC');
  const order = attribute(pixels[0], 'DimensionOrder')?.slice(2).split('') ?? ['Z', 'C', 'T'];
  return {
    sizes: { C: inPages, Z: size('SizeZ'), T: size('SizeT') },
    order: order.filter((dimension) => dimension === 'C' || dimension === 'Z' || dimension === 'T'),
    names: Array.from({ length: inPages }, (_, i) => attribute(channels[i] ?? '', 'Name') || String(i + 1)),
  };
}

/** ImageJ's description: `ImageJ=1.53t\nimages=6\nchannels=3\nslices=2`. */
function imageJPlanes(description: string): Planes | undefined {
  if (!description.startsWith('ImageJ=')) return undefined;
  const size = (name: string) => positive(new RegExp(`^${name}=(\\d+)`, 'm').exec(description)?.[1]);
  const sizes = { C: size('channels'), Z: size('slices'), T: size('frames') };
  return { sizes, order: ['C', 'Z', 'T'], names: Array.from({ length: sizes.C }, (_, i) => String(i + 1)) };
}

function attribute(element: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1];
  return value
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

function positive(text: string | undefined): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : 1;
}
