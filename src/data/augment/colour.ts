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
  const changed = new Float32Array(data.length);
  const meanGrey = contrast === 1 ? 0 : brightness * meanLuma(data);
  // What the first two make of each value is the same for all pixels.
  const bright = Float64Array.from({ length: 256 }, (_, value) =>
    clamp(meanGrey * (1 - contrast) + clamp(value * brightness) * contrast),
  );
  for (let at = 0; at < data.length; at += 3) {
    const red = bright[data[at]];
    const green = bright[data[at + 1]];
    const blue = bright[data[at + 2]];
    const grey = luma[0] * red + luma[1] * green + luma[2] * blue;
    changed[at] = clamp(grey + (red - grey) * saturation);
    changed[at + 1] = clamp(grey + (green - grey) * saturation);
    changed[at + 2] = clamp(grey + (blue - grey) * saturation);
  }
  if (hue !== 0) turnHues(changed, hue);
  return { width, height, data: new Uint8Array(new Uint8ClampedArray(changed).buffer) };
}

function meanLuma(data: Uint8Array): number {
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 3] += data[i];
  return (3 * (luma[0] * sums[0] + luma[1] * sums[1] + luma[2] * sums[2])) / data.length;
}

/** Rotates the hue of every pixel in the HSV hexcone (Smith 1978), keeping value and chroma. */
function turnHues(data: Float32Array, turn: number): void {
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at];
    const green = data[at + 1];
    const blue = data[at + 2];
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue;
    const sector =
      value === red
        ? (green - blue) / chroma
        : value === green
          ? 2 + (blue - red) / chroma
          : 4 + (red - green) / chroma;
    const hue = sector + 6 * turn + 6;
    data[at] = value - chroma * shareMissing(5 + hue);
    data[at + 1] = value - chroma * shareMissing(3 + hue);
    data[at + 2] = value - chroma * shareMissing(1 + hue);
  }
}

/** How much of the chroma a channel lacks, by its distance from the hue, in sixths of the circle. */
function shareMissing(distance: number): number {
  // `%` is several times slower for fractions.
  const k = distance - 6 * Math.floor(distance / 6);
  return Math.max(0, Math.min(k, 4 - k, 1));
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}
