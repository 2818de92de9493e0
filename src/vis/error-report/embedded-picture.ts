/** What the report needs to know of a picture: a record of the data set's `images`. */
export interface ReportImage {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly file_name?: string | undefined;
}

/** A picture of the report, in the size in which it is embedded. */
export interface EmbeddedPicture {
  /** Identifier of the shared `<image>` element. */
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Embedded pixels per pixel of the picture. */
  readonly scale: number;
  /** Data URI; null if the picture is not available. */
  readonly address: string | null;
}

/** Longer side in pixels of an embedded picture: about 60 kB as a JPEG. */
const longestSide = 640;

/** Encodes a picture in a size as a data URI; null if it is not available. */
export type EncodePicture = (imageId: number, width: number, height: number) => Promise<string | null>;

/** A picture of the data set, by its record. */
export async function embedPicture(image: ReportImage, encode: EncodePicture): Promise<EmbeddedPicture> {
  const scale = Math.min(1, longestSide / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return {
    id: `picture-${image.id}`,
    name: image.file_name ?? String(image.id),
    width,
    height,
    scale,
    address: await encode(image.id, width, height),
  };
}

/** The `<image>` elements that the drawings refer to; HTML to include once. */
export function sharedImages(pictures: Iterable<EmbeddedPicture>): string {
  const images = [...pictures].flatMap(({ id, width, height, address }) =>
    address === null
      ? []
      : [
          `<image id="${id}" href="${address}" width="${width}" height="${height}" preserveAspectRatio="none"/>`,
        ],
  );
  return `<svg class="store" aria-hidden="true"><defs>${images.join('')}</defs></svg>`;
}
