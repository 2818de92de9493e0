import { UsageError } from '../core/errors.ts';

/** The side of a pixel. */
export interface PixelSize {
  /** Greater than 0. */
  readonly length: number;
  /** Such as `um`; `px` for measures in pixels. */
  readonly unit: string;
}

/** The size for measures in pixels. */
export const onePixel: PixelSize = { length: 1, unit: 'px' };

/**
 * Reads `0.32um`, `0.32 µm` or `10 m`.
 * @param caller What names the value in the message.
 * @throws UsageError where it is not a number greater than 0 and a unit.
 */
export function parsePixelSize(text: string, caller: string): PixelSize {
  const [, number, unit] = /^\s*([\d.]+(?:e[+-]?\d+)?)\s*(\p{L}+)\s*$/iu.exec(text) ?? [];
  const length = Number(number);
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
    throw new UsageError(
      `${caller}: expected a length and its unit, such as 0.32um, got ${JSON.stringify(text)}`,
    );
  }
  // The micro sign and the Greek letter.
  return { length, unit: unit.replace(/^[µμ]/, 'u') };
}
