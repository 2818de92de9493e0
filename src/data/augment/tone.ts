import type { Picture } from '../../image/picture.ts';

/** A change of tones; a gamma of 1 without inversion is the identity. */
export interface ToneChange {
  /** Exponent of the values in 0…1: below 1 brightens the shadows (torchvision `adjust_gamma`). */
  readonly gamma: number;
  /** Whether to take the negative (torchvision `invert`). */
  readonly inverts: boolean;
}

/** Applies gamma, then the inversion, to every channel alike. */
export function changeTone({ width, height, data }: Picture, { gamma, inverts }: ToneChange): Picture {
  const tones = Uint8Array.from({ length: 256 }, (_, value) => {
    const changed = Math.round(255 * (value / 255) ** gamma);
    return inverts ? 255 - changed : changed;
  });
  return { width, height, data: data.map((value) => tones[value]) };
}
