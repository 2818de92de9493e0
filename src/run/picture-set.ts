import type { PictureSet } from '../config/training.ts';
import type { PictureLocation } from '../data/coco/picture-location.ts';
import { parseChannel } from '../image/plane-choice.ts';

/** Where the pictures of a run's data set are. */
export function locationOf({ images, page, channel }: PictureSet): PictureLocation {
  return {
    folder: images,
    page: page ?? undefined,
    channel: channel === null ? undefined : parseChannel(String(channel)),
  };
}
