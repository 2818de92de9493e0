import type { Picture } from '../../image/picture.ts';
import { type Poses, reflectPoses } from '../../ops/poses.ts';
import { flipMask, mirrorMask, transposeMask } from '../sample/mask-geometry.ts';
import { type Sample, withMasks } from '../sample/sample.ts';

/** Mirrors left and right. */
export function mirror({ picture, masks, labels, poses, hasMask }: Sample): Sample {
  const { width, height } = picture;
  const mirrored = rearrange(picture, { width, height }, { first: width - 1, across: -1, down: width });
  const joints = reflected(poses, (x, y) => [width - x, y]);
  return withMasks(mirrored, masks.map(mirrorMask), labels, { poses: joints, hasMask });
}

/** Mirrors top and bottom. */
export function flip({ picture, masks, labels, poses, hasMask }: Sample): Sample {
  const { width, height } = picture;
  const bottom = (height - 1) * width;
  const flipped = rearrange(picture, { width, height }, { first: bottom, across: 1, down: -width });
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
    rearrange(picture, size, { first: 0, across: picture.width, down: 1 }),
    masks.map(transposeMask),
    labels,
    { poses: reflected(poses, (x, y) => [y, x]), hasMask },
  );
}

/** Each of these transforms mirrors the picture; two of them, as in a rotation, restore left and right. */
function reflected(poses: Poses | undefined, place: (x: number, y: number) => [number, number]) {
  return poses && reflectPoses(poses, place);
}

/** A picture whose pixel x, y is pixel `first` + x · `across` + y · `down` of another. */
function rearrange(
  { data }: Picture,
  { width, height }: { width: number; height: number },
  { first, across, down }: { first: number; across: number; down: number },
): Picture {
  const rearranged = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = 3 * (first + y * down);
    for (let x = 0; x < width; x++, from += 3 * across) {
      rearranged[to++] = data[from];
      rearranged[to++] = data[from + 1];
      rearranged[to++] = data[from + 2];
    }
  }
  return { width, height, data: rearranged };
}
