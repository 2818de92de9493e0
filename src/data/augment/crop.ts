import type { Random } from '../../core/random.ts';
import type { Picture } from '../../image/picture.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { movePoses } from '../../ops/poses.ts';
import { cropMask, type Window } from '../sample/mask-geometry.ts';
import { type Sample, truthOf } from '../sample/sample.ts';

/** Random positions tried before a picture is left as it is. */
const attempts = 10;

/**
 * The part of a sample within a window. A window that extends beyond the picture is filled with its mean
 * colour there. Objects outside the window are dropped.
 */
export function crop(sample: Sample, window: Window, truth = cropTruth(sample, window)): Sample {
  return { picture: cropPicture(sample.picture, window), ...truth };
}

function cropTruth({ masks, labels, poses, hasMask }: Sample, window: Window): GroundTruth {
  return truthOf(
    window,
    masks.map((mask) => cropMask(mask, window)),
    labels,
    { poses: poses && movePoses(poses, (x, y) => [x - window.left, y - window.top]), hasMask },
  );
}

/**
 * A random crop of at least `smallest` of each side that keeps an object if there is one.
 * @param smallest 0…1
 */
export function cropRandomly(sample: Sample, smallest: number, random: Random): Sample {
  const side = (extent: number) =>
    Math.max(1, Math.round(extent * (smallest + (1 - smallest) * random.uniform())));
  const { width, height } = sample.picture;
  return placeRandomly(sample, { width: side(width), height: side(height) }, random);
}

/**
 * Zooms a picture in (a crop of it) or out (the whole on a larger canvas). The network's resizing to a fixed
 * size then scales the objects by the factor.
 * @param factor Above 1 enlarges.
 */
export function zoom(sample: Sample, factor: number, random: Random): Sample {
  const side = (extent: number) => Math.max(1, Math.round(extent / factor));
  const { width, height } = sample.picture;
  return placeRandomly(sample, { width: side(width), height: side(height) }, random);
}

/** A square crop of the picture, or the whole on a larger canvas, that keeps an object if there is one. */
export function cutWindow(sample: Sample, side: number, random: Random): Sample {
  return placeRandomly(sample, { width: side, height: side }, random);
}

function placeRandomly(sample: Sample, size: { width: number; height: number }, random: Random): Sample {
  const place = (extent: number, inner: number) => {
    const room = extent - inner;
    return room >= 0 ? random.integer(room + 1) : -random.integer(1 - room);
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const left = place(sample.picture.width, size.width);
    const top = place(sample.picture.height, size.height);
    const window = { left, top, ...size };
    const truth = cropTruth(sample, window);
    if (truth.labels.length > 0 || sample.labels.length === 0) return crop(sample, window, truth);
  }
  return sample;
}

function cropPicture(picture: Picture, { left, top, width, height }: Window): Picture {
  const data = new Uint8Array(width * height * 3);
  const from = Math.max(left, 0);
  const to = Math.min(left + width, picture.width);
  if (left < 0 || top < 0 || left + width > picture.width || top + height > picture.height) {
    data.set(meanColour(picture));
    for (let filled = 3; filled < data.length; filled *= 2) data.copyWithin(filled, 0, filled);
  }
  for (let y = Math.max(top, 0); y < Math.min(top + height, picture.height); y++) {
    const row = picture.data.subarray((y * picture.width + from) * 3, (y * picture.width + to) * 3);
    data.set(row, ((y - top) * width + from - left) * 3);
  }
  return { width, height, data };
}

function meanColour({ data }: Picture): number[] {
  let [red, green, blue] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 3) {
    red += data[at];
    green += data[at + 1];
    blue += data[at + 2];
  }
  return [red, green, blue].map((sum) => Math.round((sum * 3) / data.length));
}
