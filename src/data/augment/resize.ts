import { resizePicture } from '../../image/resize.ts';
import type { Size } from '../../ops/boxes.ts';
import { resizeTruth } from '../sample/resize-truth.ts';
import type { Sample } from '../sample/sample.ts';

/** The size of a picture at another scale. */
export function scaledSize({ width, height }: Size, scale: number): Size {
  const side = (extent: number) => Math.max(1, Math.round(extent * scale));
  return { width: side(width), height: side(height) };
}

/** A sample at another size: bilinear as the network's input, not antialiased. */
export function resizeSample(sample: Sample, size: Size): Sample {
  return { picture: resizePicture(sample.picture, size), ...resizeTruth(sample, size) };
}
