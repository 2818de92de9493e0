import { InputError, messageOf } from '../core/errors.ts';
import { type Picture, toPicture } from './picture.ts';

/** A picture that a browser can decode, or draw on a canvas. */
export type WebPictureSource = Blob | ImageData | CanvasImageSource;

/**
 * Decodes a picture in a browser: a file, pixels, or anything that a canvas can draw: a bitmap, an image or
 * video element (its current frame), another canvas. The EXIF orientation of files is applied; alpha is composited over
 * white.
 * @throws InputError where a file is not a picture that the browser supports, or nothing has been loaded yet.
 * @example
 * ```ts
 * import { decodePicture } from 'mask-rcnn';
 *
 * const photo = await fetch('/photo.jpg');
 * const { width, height, data } = await decodePicture(await photo.blob());
 * console.log(width, height, data.length); // data: [height, width, 3]
 * ```
 */
export async function decodeInBrowser(source: WebPictureSource): Promise<Picture> {
  if ('data' in source && 'colorSpace' in source) return fromImageData(source);
  if (!(source instanceof Blob)) return draw(source);
  const bitmap = await createImageBitmap(source).catch((error: unknown) => {
    const name = source instanceof File ? source.name : 'picture';
    throw new InputError(name, `is not a picture (${messageOf(error)})`, { cause: error });
  });
  try {
    return draw(bitmap);
  } finally {
    bitmap.close();
  }
}

function fromImageData({ width, height, data }: ImageData): Picture {
  return toPicture({ width, height, data: data as Uint8ClampedArray, channels: 4 });
}

function draw(source: CanvasImageSource): Picture {
  const { width, height } = naturalSize(source);
  if (width === 0 || height === 0)
    throw new InputError('picture', 'has no pixels yet; wait until it has loaded');
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new InputError('picture', 'cannot be read: the browser gives no 2-D canvas');
  context.drawImage(source, 0, 0, width, height);
  return fromImageData(context.getImageData(0, 0, width, height));
}

/** The size of the picture itself, not that of the element on the page. */
function naturalSize(source: CanvasImageSource): { width: number; height: number } {
  if ('videoWidth' in source) return { width: source.videoWidth, height: source.videoHeight };
  if ('naturalWidth' in source) return { width: source.naturalWidth, height: source.naturalHeight };
  if ('displayWidth' in source) return { width: source.displayWidth, height: source.displayHeight };
  const { width, height } = source;
  if (typeof width !== 'number' || typeof height !== 'number') {
    throw new InputError('picture', 'an SVG image element has no size in pixels; draw it on a canvas first');
  }
  return { width, height };
}
