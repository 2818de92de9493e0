import { InputError, messageOf, UsageError } from '../core/errors.ts';
import { shownValue } from '../core/printable.ts';
import { type Picture, toPicture } from './picture.ts';
import type { PictureSource } from './picture-source.ts';

/**
 * Decodes a picture in a browser. The EXIF orientation of files is applied; alpha is composited over white.
 * @throws InputError where a file cannot be fetched or is not a picture that the browser supports, or nothing has been
 *   loaded yet; UsageError where raw pixels are not as described, or it is not a picture.
 * @example
 * ```ts
 * import { decodePicture } from 'mask-rcnn/browser';
 *
 * const photo = await fetch('/photo.jpg');
 * const { width, height, data } = await decodePicture(await photo.blob());
 * console.log(width, height, data.length); // data: [height, width, 3]
 * ```
 */
export async function decodeInBrowser(source: PictureSource): Promise<Picture> {
  if (typeof source === 'string') return decodeFile(await fetchFile(source), source);
  if (source instanceof Uint8Array) return decodeFile(new Blob([new Uint8Array(source)]), 'picture');
  if (source instanceof Blob) return decodeFile(source, source instanceof File ? source.name : 'picture');
  if (typeof source !== 'object' || source === null) {
    const expected = 'an address, the bytes of a file, pixels, or what a canvas can draw';
    throw new UsageError(`in a browser a picture is ${expected}; got ${shownValue(source)}`);
  }
  if ('file' in source)
    throw new UsageError('in a browser, give the file itself; pages and channels are chosen in Node');
  if ('channels' in source) return toPicture(source);
  if ('data' in source) {
    return source.data instanceof Uint8Array
      ? toPicture(source as Picture)
      : fromImageData(source as ImageData);
  }
  return draw(source);
}

async function fetchFile(address: string): Promise<Blob> {
  const response = await fetch(address);
  if (!response.ok) {
    throw new InputError(address, `cannot be fetched (${response.status} ${response.statusText})`);
  }
  return response.blob();
}

async function decodeFile(file: Blob, name: string): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch((error: unknown) => {
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
  if (!context) throw new InputError('picture', 'cannot be read: the browser does not provide a 2D canvas');
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
