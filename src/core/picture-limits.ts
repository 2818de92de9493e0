/*
 * The largest picture that any part of the program accepts. Sizes and coordinates come from files; without a limit, a
 * file of 100 bytes could ask for an array of gigabytes, or for a loop that never ends.
 */

/** The longest side of a picture in pixels: AVIF's limit; those of JPEG and WebP are lower. */
export const maxSide = 65_536;

/** The most pixels of a picture: a bitmap of a mask takes 512 MiB. Decoding has a lower limit, `maxPixels`. */
const maxPictureArea = 2 ** 29;

/** The largest absolute value of a coordinate in pixels: beyond any picture, and exact in every computation. */
const maxCoordinate = 2 ** 24;

/** What is wrong with the size of a picture, in words that follow its name; undefined if nothing is. */
export function sizeProblem({ width, height }: { width: number; height: number }): string | undefined {
  if (width <= maxSide && height <= maxSide && width * height <= maxPictureArea) return undefined;
  return `has ${width}×${height} pixels, more than the limits of ${maxSide} per side and ${maxPictureArea} in all`;
}

/** Whether a value is a finite number that can be a coordinate. */
export function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= maxCoordinate;
}

/** What `isCoordinate` accepts, for messages. */
export const coordinateRange = `a number from -${maxCoordinate} to ${maxCoordinate}`;
