import sharp, { type Sharp } from 'sharp';
import { UsageError } from '../core/errors.ts';
import type { Picture } from '../image/picture.ts';
import { checkDrawables, type Drawable } from './drawable.ts';
import { overlayElements } from './overlay.ts';

export interface DrawOptions {
  /**
   * Which instances are labelled. `auto` (default): those whose label stands at the box without hiding much;
   * `all`: every one, away from its box where need be, until the picture is full.
   */
  readonly labels?: 'auto' | 'all' | 'none';
  /**
   * Output pixels for each pixel of the picture, a whole number. By default pictures whose longer side is
   * below 513 pixels are enlarged, up to four times, as lines and letters would drown them.
   */
  readonly scale?: number;
  /** Opacity of the masks' surfaces, 0…1; by default 0.35. */
  readonly maskOpacity?: number;
}

/** Longer side in pixels up to which a picture is enlarged by default. */
const comfortableSide = 1024;
const mostEnlarged = 4;

/**
 * Draws instances over their picture: translucent masks with outlines, boxes, and labels with name and score.
 * @returns A PNG file of `scale` times the picture's size.
 * @throws UsageError where an instance does not belong to the picture, or an option is out of range.
 */
export async function drawInstances(
  picture: Picture,
  instances: readonly Drawable[],
  options: DrawOptions = {},
): Promise<Uint8Array> {
  const { overlay, scale } = prepare(picture, instances, options);
  return enlarged(picture, scale)
    .composite([
      // A crowded overlay is more text than libxml2 takes unasked.
      { input: Buffer.from(`${svgStart(picture, scale)}${overlay}</svg>`), unlimited: true, top: 0, left: 0 },
    ])
    .removeAlpha()
    .png({ compressionLevel: 4 })
    .toBuffer();
}

/** The same drawing as an SVG document with the picture inside; lines and letters stay sharp at every size. */
export async function drawInstancesSvg(
  picture: Picture,
  instances: readonly Drawable[],
  options: DrawOptions = {},
): Promise<string> {
  const { overlay, scale } = prepare(picture, instances, options);
  const png = await enlarged(picture, 1).png().toBuffer();
  const image = `<image width="${picture.width * scale}" height="${picture.height * scale}"`;
  const source = `href="data:image/png;base64,${png.toString('base64')}"`;
  return `${svgStart(picture, scale)}${image} ${source}/>\n${overlay}\n</svg>\n`;
}

function prepare(picture: Picture, instances: readonly Drawable[], options: DrawOptions) {
  const scale = options.scale ?? comfortableScale(picture);
  if (!Number.isInteger(scale) || scale < 1) {
    throw new UsageError(`scale must be a whole number of at least 1, got ${scale}`);
  }
  const maskOpacity = options.maskOpacity ?? 0.35;
  if (!(maskOpacity >= 0 && maskOpacity <= 1)) {
    throw new UsageError(`maskOpacity must be in 0…1, got ${maskOpacity}`);
  }
  checkDrawables(picture, instances);
  const { width, height } = picture;
  const labels = options.labels ?? 'auto';
  return { scale, overlay: overlayElements(instances, { width, height, scale, labels, maskOpacity }) };
}

function comfortableScale({ width, height }: Picture): number {
  return Math.min(mostEnlarged, Math.max(1, Math.floor(comfortableSide / Math.max(width, height))));
}

function enlarged({ width, height, data }: Picture, scale: number): Sharp {
  const raw = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  return scale === 1 ? raw : raw.resize(width * scale, height * scale, { kernel: 'cubic' });
}

function svgStart({ width, height }: Picture, scale: number): string {
  const size = `width="${width * scale}" height="${height * scale}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${width * scale} ${height * scale}">\n`;
}
