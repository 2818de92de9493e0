import sharp from 'sharp';
import type { Picture } from '../../image/picture.ts';

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

/** Shrinks a picture and encodes it. @param size In pixels, as the data set gives it. */
export async function embedPicture(
  picture: Picture | null,
  size: { readonly width: number; readonly height: number },
  names: { readonly id: string; readonly name: string },
): Promise<EmbeddedPicture> {
  const scale = Math.min(1, longestSide / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  return { ...names, width, height, scale, address: picture && (await addressOf(picture, width, height)) };
}

async function addressOf(
  { width, height, data }: Picture,
  toWidth: number,
  toHeight: number,
): Promise<string> {
  const raw = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const jpeg = await raw.resize(toWidth, toHeight, { fit: 'fill' }).jpeg({ quality: 82 }).toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
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
