import { resizePicture } from '../../image/resize.ts';
import { movePoses } from '../../ops/poses.ts';
import { resizeMask } from '../sample/mask-geometry.ts';
import { type Sample, withMasks } from '../sample/sample.ts';

/** A sample at another scale: bilinear as the network's input, not antialiased. */
export function resizeSample(sample: Sample, scale: number): Sample {
  const side = (extent: number) => Math.max(1, Math.round(extent * scale));
  const size = { width: side(sample.picture.width), height: side(sample.picture.height) };
  const [scaleX, scaleY] = [size.width / sample.picture.width, size.height / sample.picture.height];
  return withMasks(
    resizePicture(sample.picture, size),
    sample.masks.map((mask) => resizeMask(mask, size)),
    sample.labels,
    {
      poses: sample.poses && movePoses(sample.poses, (x, y) => [x * scaleX, y * scaleY]),
      hasMask: sample.hasMask,
    },
  );
}
