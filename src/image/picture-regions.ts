import type { Picture } from './picture.ts';
import { cropPicture, type Region } from './region.ts';

/**
 * A picture that is read in parts, since it may be too large to be held. Regions of the same rows should be read one after
 * another: most files store rows.
 */
export interface PictureRegions {
  readonly width: number;
  readonly height: number;
  read(region: Region): Promise<Picture>;
}

/** A picture that may be too large to be held. */
export interface OpenedRegions {
  readonly regions: PictureRegions;
  /** The whole picture; null where it is read in parts. */
  readonly picture: Picture | null;
}

/** The parts of a picture in memory. */
export function regionsOf(picture: Picture): PictureRegions {
  const { width, height } = picture;
  return { width, height, read: async (region) => cropPicture(picture, region) };
}
