import sharp, { type Sharp } from 'sharp';
import { UsageError } from '../core/errors.ts';
import { checkOptions } from '../core/options.ts';
import { sizeProblem } from '../core/picture-limits.ts';
import { givenPicture } from '../image/given-picture.ts';
import type { Picture, RawPicture } from '../image/picture.ts';
import { stretchContrast } from '../image/stretch.ts';
import { checkDrawables, type Drawable } from './drawable.ts';

export interface DrawOptions {
  /**
   * Which instances are labelled. `auto` (default): those with room for a label at the box that hides little; `all`:
   * every instance, away from its box if necessary, until the picture is full.
   */
  readonly labels?: 'auto' | 'all' | 'none' | undefined;
  /**
   * Output pixels per pixel of the picture, an integer. Default 1. `auto` enlarges pictures with a longer side of at most
   * 512 pixels up to four times, since lines and text would cover most of them.
   */
  readonly scale?: number | 'auto' | undefined;
  /** Opacity of the masks, 0…1. Default 0.35. */
  readonly maskOpacity?: number | undefined;
}

/** `auto` enlarges pictures up to this longer side in pixels. */
const comfortableSide = 1024;
const mostEnlarged = 4;

/**
 * Draws instances over their picture: translucent masks with outlines, boxes, and labels with name and score.
 * @returns A PNG file, `scale` times the picture's size.
 * @throws UsageError if the picture is not decoded or invalid, an instance does not belong to it, or an option is
 *   unknown or out of range.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { decodePicture, drawInstances, load } from 'mask-rcnn';
 *
 * const model = await load('nuclei');
 * const picture = await decodePicture('photo.jpg');
 * const { instances } = await model.predict({ ...picture, channels: 3 });
 * await writeFile('overlay.png', await drawInstances(picture, instances, { labels: 'none' }));
 * await model.dispose();
 * ```
 */
export async function drawInstances(
  picture: Picture | RawPicture,
  instances: readonly Drawable[],
  options: DrawOptions = {},
): Promise<Uint8Array> {
  const { decoded, overlay, scale } = await prepare('drawInstances', { picture, instances, options });
  const problem = sizeProblem({ width: decoded.width * scale, height: decoded.height * scale });
  if (scale > 1 && problem !== undefined) throw new UsageError(`scale ${scale}: the drawing ${problem}`);
  return enlarged(decoded, scale)
    .composite([
      // The SVG of a crowded picture exceeds libxml2's default limit.
      {
        input: Buffer.from(`${svgStart(decoded, scale)}${overlay}</svg>`),
        unlimited: true,
        limitInputPixels: false,
        top: 0,
        left: 0,
      },
    ])
    .removeAlpha()
    .png({ compressionLevel: 4 })
    .toBuffer();
}

/**
 * The same drawing as an SVG document with the picture embedded; lines and text stay sharp at any size.
 * @throws UsageError as `drawInstances` does.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { decodePicture, drawInstancesSvg } from 'mask-rcnn';
 *
 * const picture = await decodePicture('photo.jpg');
 * const cell = { box: [4, 4, 40, 30], score: 0.9, category: { name: 'cell' } } as const;
 * await writeFile('overlay.svg', await drawInstancesSvg(picture, [cell]));
 * ```
 */
export async function drawInstancesSvg(
  picture: Picture | RawPicture,
  instances: readonly Drawable[],
  options: DrawOptions = {},
): Promise<string> {
  const { decoded, overlay, scale } = await prepare('drawInstancesSvg', { picture, instances, options });
  const png = await enlarged(decoded, 1).png().toBuffer();
  const image = `<image width="${decoded.width * scale}" height="${decoded.height * scale}"`;
  const source = `href="data:image/png;base64,${png.toString('base64')}"`;
  return `${svgStart(decoded, scale)}${image} ${source}/>\n${overlay}\n</svg>\n`;
}

interface Drawing {
  picture: Picture | RawPicture;
  instances: readonly Drawable[];
  options: DrawOptions;
}

async function prepare(caller: string, { picture, instances, options }: Drawing) {
  checkOptions(caller, options, { labels: true, scale: true, maskOpacity: true });
  const decoded = givenPicture(picture);
  const { scale: wanted = 1 } = options;
  const scale = wanted === 'auto' ? comfortableScale(decoded) : wanted;
  if (!Number.isInteger(scale) || scale < 1) {
    throw new UsageError(`scale must be auto or a whole number of at least 1, got ${scale}`);
  }
  const labels = options.labels ?? 'auto';
  if (!['auto', 'all', 'none'].includes(labels)) {
    throw new UsageError(`labels must be auto, all or none, got ${String(labels)}`);
  }
  const maskOpacity = options.maskOpacity ?? 0.35;
  if (!(maskOpacity >= 0 && maskOpacity <= 1)) {
    throw new UsageError(`maskOpacity must be in 0…1, got ${maskOpacity}`);
  }
  checkDrawables(decoded, instances);
  const { width, height } = decoded;
  // Loaded here, since many programs draw nothing: the library of fonts unpacks its dictionary when imported.
  const { overlayElements } = await import('./overlay.ts');
  return {
    decoded,
    scale,
    overlay: overlayElements(instances, { width, height, scale, labels, maskOpacity }),
  };
}

function comfortableScale({ width, height }: Picture): number {
  return Math.min(mostEnlarged, Math.max(1, Math.floor(comfortableSide / Math.max(width, height))));
}

/** Quantiles of a dark picture of more than 8 bits that are drawn black and white. */
const shownRange = [0.001, 0.999] as const;

/** A picture of 12 or 14 bits in 16 would be nearly black; its contrast is stretched. */
function shown(picture: Picture): Picture {
  const isDark = picture.deep !== undefined && picture.data.every((value) => value < 128);
  return isDark ? stretchContrast(picture, shownRange) : picture;
}

function enlarged(picture: Picture, scale: number): Sharp {
  const { width, height, data } = shown(picture);
  const raw = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  return scale === 1 ? raw : raw.resize(width * scale, height * scale, { kernel: 'cubic' });
}

function svgStart({ width, height }: Picture, scale: number): string {
  const size = `width="${width * scale}" height="${height * scale}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${width * scale} ${height * scale}">\n`;
}
