import type { Picture } from '../../image/picture.ts';

/** Weights of red, green and blue in luma (ITU-R BT.601), as in torchvision. */
const luma = [0.2989, 0.587, 0.114] as const;

/** Colour changes; 1, or 0 for the hue, is the identity. */
export interface ColourChange {
  /** Multiplies every value. */
  readonly brightness: number;
  /** Multiplies the distance from the picture's mean grey. */
  readonly contrast: number;
  /** Multiplies the distance from each pixel's grey. */
  readonly saturation: number;
  /** Rotation of the hue, as a fraction of the circle. */
  readonly hue: number;
}

/**
 * Applies brightness, contrast, saturation and hue, in this order (torchvision `ColorJitter`), rounding once
 * at the end.
 */
export function changeColour({ width, height, data }: Picture, change: ColourChange): Picture {
  const { brightness, contrast, saturation, hue } = change;
  const changed = new Uint8ClampedArray(data.length);
  const meanGrey = contrast === 1 ? 0 : brightness * meanLuma(data);
  const pixel: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 3) {
    for (let c = 0; c < 3; c++) {
      pixel[c] = clamp(meanGrey * (1 - contrast) + clamp(data[at + c] * brightness) * contrast);
    }
    const grey = luma[0] * pixel[0] + luma[1] * pixel[1] + luma[2] * pixel[2];
    for (let c = 0; c < 3; c++) pixel[c] = clamp(grey + (pixel[c] - grey) * saturation);
    if (hue !== 0) turnHue(pixel, hue);
    changed.set(pixel, at);
  }
  return { width, height, data: new Uint8Array(changed.buffer) };
}

function meanLuma(data: Uint8Array): number {
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 3] += data[i];
  return (3 * (luma[0] * sums[0] + luma[1] * sums[1] + luma[2] * sums[2])) / data.length;
}

/** Rotates the hue in the HSV hexcone (Smith 1978), keeping value and chroma. */
function turnHue(pixel: [number, number, number], turn: number): void {
  const [red, green, blue] = pixel;
  const value = Math.max(red, green, blue);
  const chroma = value - Math.min(red, green, blue);
  if (chroma === 0) return;
  const sector =
    value === red
      ? (green - blue) / chroma
      : value === green
        ? 2 + (blue - red) / chroma
        : 4 + (red - green) / chroma;
  const hue = sector + 6 * turn + 6;
  [5, 3, 1].forEach((offset, c) => {
    const k = (offset + hue) % 6;
    pixel[c] = value - chroma * Math.max(0, Math.min(k, 4 - k, 1));
  });
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}
