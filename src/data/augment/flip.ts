import type { Picture } from '../../image/picture.ts';
import { reflectPoses } from '../../ops/poses.ts';
import { flipMask, mirrorMask, transposeMask } from '../sample/mask-geometry.ts';
import type { Sample } from '../sample/sample.ts';

/** Mirrors left and right. */
export function mirror(sample: Sample): Sample {
  const { picture, masks } = sample;
  const { width, height } = picture;
  return {
    ...reflected(sample, (x, y) => [width - x, y]),
    picture: rearrange(picture, { width, height }, (x, y) => y * width + width - 1 - x),
    masks: masks.map(mirrorMask),
  };
}

/** Mirrors top and bottom. */
export function flip(sample: Sample): Sample {
  const { picture, masks } = sample;
  const { width, height } = picture;
  return {
    ...reflected(sample, (x, y) => [x, height - y]),
    picture: rearrange(picture, { width, height }, (x, y) => (height - 1 - y) * width + x),
    masks: masks.map(flipMask),
  };
}

/** Rotates clockwise by a number of right angles. */
export function rotate(sample: Sample, rightAngles: 1 | 2 | 3): Sample {
  if (rightAngles === 2) return flip(mirror(sample));
  const transposed = transpose(sample);
  return rightAngles === 1 ? mirror(transposed) : flip(transposed);
}

/** Swaps rows and columns. */
function transpose(sample: Sample): Sample {
  const { picture, masks } = sample;
  const size = { width: picture.height, height: picture.width };
  return {
    ...reflected(sample, (x, y) => [y, x]),
    picture: rearrange(picture, size, (x, y) => x * picture.width + y),
    masks: masks.map(transposeMask),
  };
}

/**
 * The sample with its boxes and keypoints reflected. Each of these transforms mirrors the picture; two of them, as in a
 * rotation, restore left and right.
 */
function reflected(sample: Sample, place: (x: number, y: number) => [number, number]): Sample {
  const boxes = new Float32Array(sample.boxes.length);
  for (let at = 0; at < boxes.length; at += 4) {
    const [left, top, right, bottom] = sample.boxes.subarray(at, at + 4);
    const [[x0, y0], [x1, y1]] = [place(left, top), place(right, bottom)];
    boxes.set([Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)], at);
  }
  return { ...sample, boxes, ...(sample.poses ? { poses: reflectPoses(sample.poses, place) } : {}) };
}

/** A picture whose pixel x, y is pixel `source(x, y)` of another. */
function rearrange(
  { data }: Picture,
  { width, height }: { width: number; height: number },
  source: (x: number, y: number) => number,
): Picture {
  const rearranged = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = source(x, y) * 3;
      rearranged[to++] = data[from];
      rearranged[to++] = data[from + 1];
      rearranged[to++] = data[from + 2];
    }
  }
  return { width, height, data: rearranged };
}
