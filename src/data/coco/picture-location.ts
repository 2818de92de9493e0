import { join } from 'node:path';
import type { PlaneChoice } from '../../image/plane-choice.ts';
import { locatePicture } from './locate-picture.ts';
import { ownPlane } from './own-plane.ts';
import type { CocoImage } from './types.ts';

/** Where the pictures of a data set are, and which part of each file is the picture unless its record says so itself. */
export interface PictureLocation extends PlaneChoice {
  /** Folder of the pictures. */
  readonly folder: string;
}

/** The file of an image of a data set, and which part of it is the picture. */
export interface LocatedPicture {
  readonly path: string;
  readonly choice: PlaneChoice;
  /** Whether the file exists. */
  readonly exists: boolean;
}

/** Finds the picture of an image that has a `file_name`. */
export function pictureAt(
  image: CocoImage & { readonly file_name: string },
  { folder, page, channel }: PictureLocation,
): LocatedPicture {
  const located = locatePicture(folder, image.file_name);
  return {
    path: join(folder, located ?? image.file_name),
    choice: {
      ...(page === undefined ? {} : { page }),
      ...(channel === undefined ? {} : { channel }),
      ...ownPlane(image),
    },
    exists: located !== undefined,
  };
}
