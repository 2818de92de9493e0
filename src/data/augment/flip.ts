import type { Picture } from '../../image/picture.ts';
import { type Poses, reflectPoses } from '../../ops/poses.ts';
import { flipMask, mirrorMask, transposeMask } from '../sample/mask-geometry.ts';
import { type Sample, withMasks } from '../sample/sample.ts';

/** Mirrors left and right. */
export function mirror({ picture, masks, labels, poses, hasMask }: Sample): Sample {
  const { width, height } = picture;
  const mirrored = rearrange(picture, { width, height }, (x, y) => y * width + width - 1 - x);
  const joints = reflected(poses, (x, y) => [width - x, y]);
  return withMasks(mirrored, masks.map(mirrorMask), labels, { poses: joints, hasMask });
}

/** Mirrors top and bottom. */
export function flip({ picture, masks, labels, poses, hasMask }: Sample): Sample {
  const { width, height } = picture;
  const flipped = rearrange(picture, { width, height }, (x, y) => (height - 1 - y) * width + x);
  const joints = reflected(poses, (x, y) => [x, height - y]);
  return withMasks(flipped, masks.map(flipMask), labels, { poses: joints, hasMask });
}

/** Rotates clockwise by a number of right angles. */
export function rotate(sample: Sample, rightAngles: 1 | 2 | 3): Sample {
  if (rightAngles === 2) return flip(mirror(sample));
  const transposed = transpose(sample);
  return rightAngles === 1 ? mirror(transposed) : flip(transposed);
}

/** Swaps rows and columns. */
function transpose({ picture, masks, labels, poses, hasMask }: Sample): Sample {
  const size = { width: picture.height, height: picture.width };
  return withMasks(
    rearrange(picture, size, (x, y) => x * picture.width + y),
    masks.map(transposeMask),
    labels,
    { poses: reflected(poses, (x, y) => [y, x]), hasMask },
  );
}

/** Each of these transforms mirrors the picture; two of them, as in a rotation, restore left and right. */
function reflected(poses: Poses | undefined, place: (x: number, y: number) => [number, number]) {
  return poses && reflectPoses(poses, place);
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
