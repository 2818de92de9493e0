import { UsageError } from '../core/errors.ts';
import { classOf } from '../core/printable.ts';
import { type Picture, type RawPicture, toPicture } from './picture.ts';

/**
 * The picture that a caller gives, where only decoded ones are taken.
 * @throws UsageError where it is something else, such as a path or a file; that of `toPicture` where it is invalid.
 */
export function givenPicture(given: Picture | RawPicture): Picture {
  if (typeof given === 'object' && given !== null && 'data' in given) return toPicture(given);
  throw new UsageError(
    `picture: expected a decoded one, as of decodePicture, or raw pixels, got ${classOf(given)}`,
  );
}
