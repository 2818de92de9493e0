import type { Dimension, OmeImage, OmeXml, TiffData } from './ome-xml.ts';
import type { TiffStack } from './stack.ts';

/** The page of the file of each plane that is in it, by the number of the plane. */
type OwnPages = ReadonlyMap<number, number>;

/** Planes of an image that are in another file. */
interface ElsewherePlanes {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly file: string;
}

interface PlacedImage {
  readonly image: OmeImage;
  /** Names of the channels, or their numbers. */
  readonly channels: readonly string[];
  readonly own: OwnPages;
  readonly elsewhere: readonly ElsewherePlanes[];
}

/** OME-XML that names more planes or channels was made up. */
const maxPlanes = 2 ** 20;
const maxChannels = 65_536;

/**
 * The arrangement of an OME-TIFF. Its pages are the slices and times that are in this file, of one image after the other.
 * @param total Number of pages of the file.
 * @param fileName Its name without the folder.
 * @returns Undefined where the OME-XML does not tell more than the pages themselves.
 */
export function omeStack(xml: OmeXml, total: number, fileName: string): TiffStack | undefined {
  if (xml.images.some(({ sizes }) => sizes.C > maxChannels))
    return unreadable('has OME-XML of too many channels');
  const isOwn = ownership(xml, fileName);
  const placed: PlacedImage[] = [];
  let left = maxPlanes;
  for (const image of xml.images) {
    const found = placedImage(image, { isOwn, total, isOnly: xml.images.length === 1, most: left });
    left -= found.namings;
    placed.push(found);
  }
  if (left <= 0) return unreadable('has OME-XML of too many planes');
  const others = [...new Set(placed.flatMap(({ elsewhere }) => elsewhere.map(({ file }) => file)))];
  const pages = placed.flatMap((each) => pagesIn(each).map((page) => ({ ...each, page })));
  if (pages.length === 0) {
    if (others.length === 0) return undefined;
    const remedy = 'if it was renamed, give it the name that it had';
    return unreadable(`has OME-XML whose planes are in other files, ${listed(others)}; ${remedy}`);
  }
  const isPlain = pages.length === 1 && pages[0].channels.length === 1 && pages[0].own.get(0) === 0;
  if (isPlain && others.length === 0) return undefined;
  return {
    pages: pages.length,
    isFirstMain: isFirstMain(pages.map(({ image }) => image)),
    elsewhere: others.length === 0 ? undefined : listed(others),
    channels: (page) => pages[page].channels,
    plane: (page, channel) => planeIn(pages[page], channel, total),
  };
}

/** Images that a slide scanner saves with the slide. */
const companions = /^(label|macro|thumbnail|overview)( image)?$/i;

/** Whether the first image has one page, and the others are smaller or, by their names, such as the label of a slide. */
function isFirstMain([first, ...others]: readonly OmeImage[]): boolean {
  return others.every(
    (image) => image !== first && (companions.test(image.name.trim()) || isSmaller(image, first)),
  );
}

function isSmaller(image: OmeImage, { width, height }: OmeImage): boolean {
  const isKnown = image.width > 0 && image.height > 0;
  const isWithin = image.width <= width && image.height <= height;
  return isKnown && isWithin && image.width * image.height < width * height;
}

function unreadable(problem: string): TiffStack {
  return { pages: 1, channels: () => ['1'], plane: () => problem };
}

/** Whether planes are in the file with the XML: by its UUID, or else by its name. */
function ownership(xml: OmeXml, fileName: string): (data: TiffData) => boolean {
  const files = xml.images.flatMap(({ tiffData }) => tiffData.flatMap(({ file }) => (file ? [file] : [])));
  const isNamed = files.some(({ uuid }) => uuid === xml.uuid);
  const isAlone = xml.uuid === undefined && new Set(files.map(({ uuid, name }) => uuid || name)).size === 1;
  return ({ file }) => {
    if (file === undefined) return true;
    if (isNamed) return file.uuid === xml.uuid;
    // A file that names only one may have been renamed.
    return isAlone || baseName(file.name).toLowerCase() === fileName.toLowerCase();
  };
}

interface Placing {
  isOwn(data: TiffData): boolean;
  readonly total: number;
  readonly isOnly: boolean;
  /** The most pages to go through. */
  readonly most: number;
}

function placedImage(
  image: OmeImage,
  { isOwn, total, isOnly, most }: Placing,
): PlacedImage & { namings: number } {
  const own = new Map<number, number>();
  const elsewhere: ElsewherePlanes[] = [];
  const planes = image.sizes.C * image.sizes.Z * image.sizes.T;
  let namings = 0;
  const blocks = image.tiffData.length === 0 && isOnly ? [wholeFile] : image.tiffData;
  for (const data of blocks) {
    const from = firstPlane(image, data);
    if (from === undefined) continue;
    if (!isOwn(data)) {
      elsewhere.push({ from, to: from + (data.planes ?? planes), file: baseName(data.file?.name ?? '') });
      continue;
    }
    // All planes, if they are not told one by one: in a file with fewer pages, some are missing.
    const described = data.planes ?? (blocks.length === 1 ? planes : total);
    const count = Math.max(Math.min(described, planes - from, most - namings), 0);
    for (let i = 0; i < count; i++) own.set(from + i, data.page + i);
    namings += count;
  }
  const channels = Array.from({ length: image.sizes.C }, (_, i) => image.names[i] || String(i + 1));
  return { image, channels, own, elsewhere, namings };
}

const wholeFile: TiffData = { first: { C: 0, Z: 0, T: 0 }, page: 0, planes: undefined, file: undefined };

/** The number of the plane at which planes begin; undefined if it is outside the image. */
function firstPlane(image: OmeImage, { first }: TiffData): number | undefined {
  const { sizes, samples } = image;
  // Some programs count the samples of channels.
  const C = first.C < sizes.C ? first.C : first.C / samples;
  const isInside = Number.isInteger(C) && C < sizes.C && first.Z < sizes.Z && first.T < sizes.T;
  return isInside ? numberOf(image, { ...first, C }) : undefined;
}

function numberOf({ sizes, order }: OmeImage, position: Readonly<Record<Dimension, number>>): number {
  let number = 0;
  let step = 1;
  for (const dimension of order) {
    number += position[dimension] * step;
    step *= sizes[dimension];
  }
  return number;
}

/** Slices and times of which any channel is in the file, as z + Z·t. */
function pagesIn({ image, own }: PlacedImage): number[] {
  const pages = new Set<number>();
  for (const number of own.keys()) {
    const at = { C: 0, Z: 0, T: 0 };
    let rest = number;
    for (const dimension of image.order) {
      at[dimension] = rest % image.sizes[dimension];
      rest = Math.floor(rest / image.sizes[dimension]);
    }
    pages.add(at.Z + image.sizes.Z * at.T);
  }
  return [...pages].sort((a, b) => a - b);
}

function planeIn(
  { image, own, elsewhere, page }: PlacedImage & { page: number },
  channel: number,
  total: number,
): { directory: number; image: number } | string {
  const { Z } = image.sizes;
  const number = numberOf(image, { C: channel, Z: page % Z, T: Math.floor(page / Z) });
  const directory = own.get(number);
  if (directory !== undefined && directory < total) return { directory, image: 0 };
  if (directory !== undefined) {
    return `does not contain that plane: its OME-XML says that it is page ${directory + 1}, and it has ${total}`;
  }
  const other = elsewhere.findLast(({ from, to }) => from <= number && number < to)?.file;
  return other === undefined
    ? 'does not contain that plane: its OME-XML does not say where it is'
    : `does not contain that plane; it is in ${other}`;
}

function baseName(path: string): string {
  return path.replace(/^.*[\\/]/s, '') || 'another file';
}

function listed(names: readonly string[]): string {
  return names.slice(0, 4).join(', ') + (names.length > 4 ? ', …' : '');
}
