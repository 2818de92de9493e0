import { type XmlTag, xmlTags, xmlText } from './xml-tags.ts';

/** Channels, slices and times. */
export type Dimension = 'C' | 'Z' | 'T';

/** What a `TiffData` says: planes from a position on are in consecutive pages of a file. */
export interface TiffData {
  readonly first: Readonly<Record<Dimension, number>>;
  readonly page: number;
  /** Undefined: as many as the file has. */
  readonly planes: number | undefined;
  /** Undefined: the file with the XML. */
  readonly file: { readonly uuid: string; readonly name: string } | undefined;
}

/** One image, whose planes are pages: two-dimensional and of one channel, which may have several samples. */
export interface OmeImage {
  readonly name: string;
  /** In pixels; 0 where it is not stated. */
  readonly width: number;
  readonly height: number;
  readonly sizes: Readonly<Record<Dimension, number>>;
  /** The dimensions, the one that changes fastest first. */
  readonly order: readonly Dimension[];
  /** Of the channels, where the XML describes them; may be empty. */
  readonly names: readonly string[];
  /** Samples of each pixel of a plane. */
  readonly samples: number;
  readonly tiffData: readonly TiffData[];
}

export interface OmeXml {
  readonly uuid: string | undefined;
  readonly images: readonly OmeImage[];
}

/**
 * The images that OME-XML describes (https://docs.openmicroscopy.org/ome-model/).
 * @param description The description of a TIFF's first page.
 * @returns Undefined for any other text, and for OME-XML that refers to another file for its images.
 */
export function readOmeXml(description: string): OmeXml | undefined {
  let uuid: string | undefined;
  const images: OmeImage[] = [];
  const pixels: PixelsReader[] = [];
  let name = '';
  for (const tag of xmlTags(description)) {
    const open = pixels.at(-1);
    if (tag.name === 'OME') uuid ??= tag.attribute('UUID');
    else if (tag.name === 'Image' && tag.kind !== 'end') name = tag.attribute('Name') ?? '';
    else if (tag.name === 'Pixels') {
      if (open) images.push(open.image());
      pixels.length = 0;
      if (tag.kind === 'start') pixels.push(new PixelsReader(tag, description, name));
      if (tag.kind === 'empty') images.push(new PixelsReader(tag, description, name).image());
    } else open?.add(tag);
  }
  const last = pixels.at(-1);
  if (last) images.push(last.image());
  return images.length === 0 ? undefined : { uuid, images };
}

/** Collects the content of a `Pixels` element. */
class PixelsReader {
  readonly #pixels: XmlTag;
  readonly #xml: string;
  readonly #name: string;
  readonly #channels: XmlTag[] = [];
  readonly #tiffData: TiffData[] = [];

  /** @param name Of the image. */
  constructor(pixels: XmlTag, xml: string, name: string) {
    this.#pixels = pixels;
    this.#xml = xml;
    this.#name = name;
  }

  add(tag: XmlTag): void {
    if (tag.kind === 'end') return;
    if (tag.name === 'Channel') this.#channels.push(tag);
    if (tag.name === 'TiffData') this.#tiffData.push(tiffDataOf(tag));
    const last = this.#tiffData.at(-1);
    if (tag.name === 'UUID' && last && last.file === undefined) {
      const end = this.#xml.indexOf('<', tag.end);
      const uuid = xmlText(this.#xml.slice(tag.end, end < 0 ? tag.end : end)).trim();
      const file = { uuid, name: tag.attribute('FileName') ?? '' };
      this.#tiffData[this.#tiffData.length - 1] = { ...last, file };
    }
  }

  image(): OmeImage {
    const size = (name: string) => positive(this.#pixels.attribute(name));
    const each = this.#channels.map((channel) => positive(channel.attribute('SamplesPerPixel')));
    const samples = each.reduce((sum, count) => sum + count, 0);
    // Samples of one page are not channels of their own.
    const inPages = samples === size('SizeC') ? each.length : size('SizeC');
    const order = [...(this.#pixels.attribute('DimensionOrder')?.slice(2) ?? 'ZCT')].filter(isDimension);
    return {
      name: this.#name,
      width: whole(this.#pixels.attribute('SizeX')) ?? 0,
      height: whole(this.#pixels.attribute('SizeY')) ?? 0,
      sizes: { C: inPages, Z: size('SizeZ'), T: size('SizeT') },
      order: [...new Set<Dimension>([...order, 'Z', 'C', 'T'])],
      names: this.#channels.map((channel) => channel.attribute('Name') ?? ''),
      samples: inPages === each.length ? (each[0] ?? 1) : 1,
      tiffData: this.#tiffData,
    };
  }
}

function tiffDataOf(tag: XmlTag): TiffData {
  const number = (name: string) => whole(tag.attribute(name));
  return {
    first: { C: number('FirstC') ?? 0, Z: number('FirstZ') ?? 0, T: number('FirstT') ?? 0 },
    page: number('IFD') ?? 0,
    // `NumPlanes` is its name in schemas before 2008.
    planes: number('PlaneCount') ?? number('NumPlanes') ?? (number('IFD') === undefined ? undefined : 1),
    file: undefined,
  };
}

function whole(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 ? value : undefined;
}

function isDimension(letter: string): letter is Dimension {
  return letter === 'C' || letter === 'Z' || letter === 'T';
}

function positive(text: string | undefined): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : 1;
}
