import { type TiffDirectory, tag } from './tags.ts';

const ycbcr = 6;
const lab = 8;
const iccLab = 9;
const rgb = 2;
/** JPEG in TIFF, old and new: libvips converts it. */
const jpeg = [6, 7];

/** A colour space that libvips does not convert in TIFFs, and its conversion to 8-bit sRGB. */
export interface TiffColour {
  readonly name: string;
  /** Converts samples in place. @param samples `[pixels, 3]` of 8 or 16 bits as stored. */
  convert(samples: Uint8Array | Uint16Array): Uint8Array;
}

/** The colour space of a page if it needs conversion; undefined for those that libvips converts. */
export function tiffColourOf({ numbers }: TiffDirectory): TiffColour | undefined {
  const photometric = numbers.get(tag.photometric)?.[0] ?? rgb;
  const compression = numbers.get(tag.compression)?.[0] ?? 1;
  if (photometric === ycbcr && !jpeg.includes(compression)) {
    return { name: 'YCbCr', convert: (samples) => fromYcbcr(samples, numbers) };
  }
  if (photometric === lab || photometric === iccLab) {
    return { name: 'CIELab', convert: (samples) => fromLab(samples, photometric === iccLab) };
  }
  return undefined;
}

/** Whether Cb and Cr are stored for groups of pixels, which are then not samples side by side. */
export function isSubsampled({ numbers }: TiffDirectory): boolean {
  const factors = numbers.get(tag.ycbcrSubsampling) ?? [2, 2];
  return (numbers.get(tag.photometric)?.[0] ?? rgb) === ycbcr && factors.some((factor) => factor !== 1);
}

/** TIFF 6.0, section 21, with the coefficients and the coding range of the file. */
function fromYcbcr(samples: Uint8Array | Uint16Array, numbers: TiffDirectory['numbers']): Uint8Array {
  const full = samples instanceof Uint16Array ? 65_535 : 255;
  const [red, green, blue] = numbers.get(tag.ycbcrCoefficients) ?? [0.299, 0.587, 0.114];
  const half = (full + 1) / 2;
  const coded = numbers.get(tag.referenceBlackWhite) ?? [0, full, half, full, half, full];
  const out = new Uint8ClampedArray(samples.length);
  for (let i = 0; i < samples.length; i += 3) {
    const y = ((samples[i] - coded[0]) / (coded[1] - coded[0])) * 255;
    const cb = ((samples[i + 1] - coded[2]) / (coded[3] - coded[2])) * 127;
    const cr = ((samples[i + 2] - coded[4]) / (coded[5] - coded[4])) * 127;
    const r = y + cr * (2 - 2 * red);
    const b = y + cb * (2 - 2 * blue);
    out[i] = r;
    out[i + 1] = (y - blue * b - red * r) / green;
    out[i + 2] = b;
  }
  return new Uint8Array(out.buffer);
}

/**
 * CIE L*a*b* of D50 to sRGB: to XYZ, then by the matrix of sRGB adapted to D50 (ICC; the inverse of the sRGB profile's
 * colorants) and sRGB's transfer function.
 * @param isIcc Whether a* and b* are stored with an offset (ICCLab) or signed (CIELab).
 */
function fromLab(samples: Uint8Array | Uint16Array, isIcc: boolean): Uint8Array {
  const isWide = samples instanceof Uint16Array;
  const unit = isWide ? 256 : 1;
  const full = isWide ? 65_535 : 255;
  const half = isWide ? 32_768 : 128;
  const chroma = (value: number) => (isIcc ? value - half : value >= half ? value - 2 * half : value) / unit;
  const out = new Uint8ClampedArray(samples.length);
  for (let i = 0; i < samples.length; i += 3) {
    const fy = ((samples[i] / full) * 100 + 16) / 116;
    const x = 0.964_22 * decodedLab(fy + chroma(samples[i + 1]) / 500);
    const y = decodedLab(fy);
    const z = 0.825_21 * decodedLab(fy - chroma(samples[i + 2]) / 200);
    out[i] = encoded(3.133_856_1 * x - 1.616_866_7 * y - 0.490_614_6 * z);
    out[i + 1] = encoded(-0.978_768_4 * x + 1.916_141_5 * y + 0.033_454 * z);
    out[i + 2] = encoded(0.071_945_3 * x - 0.228_991_4 * y + 1.405_242_7 * z);
  }
  return new Uint8Array(out.buffer);
}

function decodedLab(value: number): number {
  return value > 6 / 29 ? value ** 3 : 3 * (6 / 29) ** 2 * (value - 4 / 29);
}

/** Linear light 0…1 → 0…255 by sRGB's transfer function. */
function encoded(light: number): number {
  return 255 * (light <= 0.003_130_8 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}
