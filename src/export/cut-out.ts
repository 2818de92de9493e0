import { encode } from 'fast-png';
import type { Picture } from '../image/picture.ts';
import { regionPixels } from '../ops/rle/region-pixels.ts';
import type { ExportedInstance } from './prediction-of-picture.ts';

/**
 * An instance cut out of its picture: the smallest box around its mask, transparent outside the mask; without a mask,
 * its box.
 * @returns A PNG file; null where the instance has no pixel in the picture.
 */
export function toCutOut(
  picture: Picture,
  instance: Pick<ExportedInstance, 'mask' | 'box'>,
): Uint8Array | null {
  const region = instance.mask ? regionPixels(instance.mask.rle) : boxPixels(instance.box, picture);
  if (!region) return null;
  const { left, top, width, height, inside } = region;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    const from = 3 * ((y + top) * picture.width + left);
    for (let x = 0; x < width; x++, at++) {
      if (!inside[at]) continue;
      data.set(picture.data.subarray(from + 3 * x, from + 3 * x + 3), 4 * at);
      data[4 * at + 3] = 255;
    }
  }
  return encode({ width, height, data, depth: 8, channels: 4 });
}

function boxPixels([x1, y1, x2, y2]: ExportedInstance['box'], picture: Picture) {
  const [left, top] = [Math.max(0, Math.floor(x1)), Math.max(0, Math.floor(y1))];
  const width = Math.min(picture.width, Math.ceil(x2)) - left;
  const height = Math.min(picture.height, Math.ceil(y2)) - top;
  if (width <= 0 || height <= 0) return null;
  return { left, top, width, height, inside: new Uint8Array(width * height).fill(1) };
}
