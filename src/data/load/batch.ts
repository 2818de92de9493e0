import { largest } from '../../core/extremes.ts';
import { type Float32Tensor, float32Tensor } from '../../core/tensor.ts';
import { type Preprocess, preparePicture, resizedSize } from '../../image/transform.ts';
import type { Size } from '../../ops/boxes.ts';
import type { GroundTruth } from '../../ops/ground-truth.ts';
import { resizeTruth } from '../sample/resize-truth.ts';
import type { Sample } from '../sample/sample.ts';

/** A picture in the network's input form, with its objects in the same pixels. */
export interface PreparedSample {
  /** Its name in messages. */
  readonly name: string;
  /** `[1, 3, H, W]`; the padding right of and below the picture is 0. */
  readonly tensor: Float32Tensor;
  /** The resized picture, without padding. */
  readonly size: Size;
  /** In pixels of the resized picture. */
  readonly truth: GroundTruth;
}

/** The pictures of one forward pass. */
export interface Batch {
  readonly names: readonly string[];
  /** `[N, 3, H, W]`: each picture in the top left corner, the rest 0. */
  readonly images: Float32Tensor;
  /** The resized pictures, without padding. */
  readonly sizes: readonly Size[];
  readonly truths: readonly GroundTruth[];
}

/**
 * Resizes and normalises a sample (torchvision `GeneralizedRCNNTransform`).
 * @param sizeDivisor Height and width of the tensor become multiples of this.
 * @param size Default: the picture's by `preprocess`.
 */
export function prepareSample(
  sample: Sample,
  name: string,
  preprocess: Preprocess,
  sizeDivisor: number,
  size: Size = resizedSize(sample.picture, preprocess),
): PreparedSample {
  const { tensor } = preparePicture(sample.picture, preprocess, sizeDivisor, size);
  return { name, tensor, size, truth: resizeTruth(sample, size) };
}

/** Puts pictures of different sizes into one tensor of the largest height and width (torchvision `batch_images`). */
export function joinBatch(samples: readonly PreparedSample[]): Batch {
  const side = (axis: 2 | 3) => largest(samples.map(({ tensor }) => tensor.shape[axis]));
  const [height, width] = [side(2), side(3)];
  const fits = samples.length === 1;
  const images = fits ? samples[0].tensor.data : new Float32Array(samples.length * 3 * height * width);
  samples.forEach(({ tensor: { shape, data } }, n) => {
    if (fits) return;
    const [, , rows, columns] = shape;
    for (let row = 0; row < 3 * rows; row++) {
      const plane = Math.floor(row / rows);
      const to = ((n * 3 + plane) * height + (row % rows)) * width;
      images.set(data.subarray(row * columns, (row + 1) * columns), to);
    }
  });
  return {
    names: samples.map(({ name }) => name),
    images: float32Tensor([samples.length, 3, height, width], images),
    sizes: samples.map(({ size }) => size),
    truths: samples.map(({ truth }) => truth),
  };
}
