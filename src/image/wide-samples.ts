/** What the samples of a picture are, which tells how they are stored. */
export interface SampleRange {
  readonly least: number;
  readonly greatest: number;
  readonly isWhole: boolean;
}

/**
 * The range of samples.
 * @param others Of other samples of the same picture, which it includes.
 * @returns The reason, in words that follow the picture's name, where a sample is not a finite number.
 */
export function rangeOf(samples: ArrayLike<number>, others?: SampleRange): SampleRange | string {
  let { least, greatest, isWhole } = others ?? { least: Infinity, greatest: -Infinity, isWhole: true };
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i];
    if (!Number.isFinite(value)) return `has the sample ${value}`;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (isWhole && !Number.isInteger(value)) isWhole = false;
  }
  return { least, greatest, isWhole };
}

/**
 * Samples of any type as 16 bits, where the values for black and white are known: as the file states them, or because floats
 * lie in 0…1, or because whole numbers fit into 8 or 16 bits.
 * @param range Of all samples of the picture, of which these may be a part.
 * @param stated The values for black and white in the file, if it has any.
 * @returns The reason, in words that follow the picture's name, where they are not known.
 */
export function toSixteenBits(
  samples: ArrayLike<number>,
  { least, greatest, isWhole }: SampleRange,
  stated?: readonly [black: number, white: number],
): Uint16Array | string {
  if (stated !== undefined && stated[1] > stated[0]) return scaled(samples, stated);
  if (least >= 0 && greatest <= 1) return scaled(samples, [0, 1]);
  // Programs that compute in floats write pictures of 8 and of 16 bits so.
  if (isWhole && least >= 0 && greatest <= 255) return scaled(samples, [0, 255]);
  if (isWhole && least >= 0 && greatest <= 65_535) return Uint16Array.from(samples);
  return `has samples from ${short(least)} to ${short(greatest)}, of which black and white are not known; rescale them to 0…1 or to unsigned 16 bits`;
}

function scaled(samples: ArrayLike<number>, [black, white]: readonly [number, number]): Uint16Array {
  const wide = new Uint16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const light = Math.min(Math.max((samples[i] - black) / (white - black), 0), 1);
    wide[i] = Math.round(65_535 * light);
  }
  return wide;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
