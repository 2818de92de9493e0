import sharp from 'sharp';
import type { Picture } from '../../src/image/picture.ts';

/** Equal pictures give equal bytes. */
export function encodePng({ width, height, data }: Picture): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
