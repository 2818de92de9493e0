import fc from 'fast-check';
import sharp from 'sharp';
import { crc32 } from '../../../src/weights/zip/crc32.ts';
import { repeatLastScan } from '../../support/scan-bomb.ts';
import { type FuzzInput, single } from '../input.ts';
import { byteEdits, editedFiles } from './bytes.ts';

const noise = () =>
  sharp({
    create: {
      width: 33,
      height: 21,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 99, sigma: 40 },
    },
  });

const sound = await Promise.all([
  noise().jpeg().toBuffer(),
  noise()
    .jpeg({ progressive: true })
    .withExif({ IFD0: { Copyright: 'x' } })
    .toBuffer(),
  noise().png().toBuffer(),
  noise().png({ progressive: true }).toBuffer(),
  noise().toColourspace('rgb16').png().toBuffer(),
  noise().png({ palette: true, colours: 8 }).toBuffer(),
  noise().ensureAlpha(0.5).webp().toBuffer(),
  noise().tiff({ compression: 'lzw' }).toBuffer(),
  noise().tiff({ compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  noise().gif().toBuffer(),
  noise().avif({ effort: 0 }).toBuffer(),
]);

/** PNG files whose header names another size, with a right checksum. */
const side = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.constantFrom(65_536, 65_537, 2 ** 24, 2 ** 31 - 1),
);
const resized = fc
  .tuple(side, side, fc.constantFrom(1, 2, 4, 8, 16), fc.constantFrom(0, 2, 3, 4, 6), fc.constantFrom(0, 1))
  .map(([width, height, depth, colour, interlaced]) => {
    const png = Buffer.from(sound[2]);
    png.writeUInt32BE(width, 16);
    png.writeUInt32BE(height, 20);
    png[24] = depth;
    png[25] = colour;
    png[28] = interlaced;
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    return png;
  });

/** JPEG files with a scan repeated. */
const scans = fc.integer({ min: 1, max: 3000 }).map((times) => repeatLastScan(sound[1], times));

/** By the name of the reader that takes them. */
export const pictureInputs: Readonly<Record<string, fc.Arbitrary<FuzzInput>>> = {
  picture: fc
    .oneof(
      { weight: 6, arbitrary: editedFiles(sound) },
      { weight: 2, arbitrary: resized },
      { weight: 1, arbitrary: scans },
    )
    .map((file) => single('a.picture', file)),
  'label-png': fc
    .tuple(fc.oneof(resized, editedFiles(sound.slice(2, 6))), byteEdits, fc.boolean())
    .map(([file, change, again]) => single('a.png', again ? change(file) : file)),
};
