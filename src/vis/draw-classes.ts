import sharp from 'sharp';
import { UsageError } from '../core/errors.ts';
import { givenPicture } from '../image/given-picture.ts';
import type { Picture, RawPicture } from '../image/picture.ts';
import { palette } from './colors.ts';

/** A class for every pixel; 0 is the background. */
export interface Classes {
  readonly width: number;
  readonly height: number;
  /** `[height, width]` */
  readonly classes: Uint8Array;
}

/** Opacity of the classes' colours. */
const opacity = 0.55;

/**
 * Draws the classes over their picture in colour, except for the background.
 * @returns A PNG file.
 * @throws UsageError if the picture is not decoded or invalid, or the classes are those of a picture of another size.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { decodePicture, drawClasses, loadSemantic } from 'mask-rcnn';
 *
 * const model = await loadSemantic('fcn.pth');
 * const picture = await decodePicture('photo.jpg');
 * const prediction = await model.predict({ ...picture, channels: 3 });
 * await writeFile('classes.png', await drawClasses(picture, prediction));
 * await model.dispose();
 * ```
 */
export async function drawClasses(picture: Picture | RawPicture, classes: Classes): Promise<Uint8Array> {
  const { width, height, data: pixels } = givenPicture(picture);
  if (classes.width !== width || classes.height !== height) {
    throw new UsageError(
      `drawClasses: the classes are ${classes.width}×${classes.height}, the picture ${width}×${height}`,
    );
  }
  const data = pixels.slice();
  classes.classes.forEach((index, pixel) => {
    if (index === 0) return;
    const color = palette[(index - 1) % palette.length];
    for (let c = 0; c < 3; c++) {
      const at = 3 * pixel + c;
      data[at] = Math.round(data[at] * (1 - opacity) + color[c] * opacity);
    }
  });
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .png()
    .toBuffer();
}

/**
 * Encodes the classes as a single-channel PNG file whose values are the class indices, as data sets store them.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { encodeClasses, loadSemantic } from 'mask-rcnn';
 *
 * const model = await loadSemantic('fcn.pth');
 * await writeFile('labels.png', await encodeClasses(await model.predict('photo.jpg')));
 * await model.dispose();
 * ```
 */
export async function encodeClasses({ width, height, classes }: Classes): Promise<Uint8Array> {
  const raw = { width, height, channels: 1 } as const;
  return sharp(classes, { raw, limitInputPixels: false }).toColourspace('b-w').png().toBuffer();
}
