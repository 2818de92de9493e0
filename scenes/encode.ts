import sharp from 'sharp';
import type { Picture } from '../src/image/picture.ts';

/** Format of picture files. PNG is lossless; JPEG takes a fifth of the space. */
export type PictureFormat = 'png' | 'jpg';

export const pictureFormats: readonly PictureFormat[] = ['png', 'jpg'];

/** Encodes a picture; equal pictures give equal bytes. */
export function encodePicture({ width, height, data }: Picture, format: PictureFormat): Promise<Uint8Array> {
  const raw = sharp(data, { raw: { width, height, channels: 3 } });
  return format === 'png'
    ? raw.png({ compressionLevel: 6 }).toBuffer()
    : raw.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
}
