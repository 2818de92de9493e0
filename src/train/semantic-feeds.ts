import { ignoredClass } from '../core/ignored-class.ts';
import { float32Tensor, type Tensor } from '../core/tensor.ts';
import type { Batch } from '../data/load/batch.ts';
import { paintClasses } from '../ops/paint-classes.ts';

/**
 * Inputs of `semanticTrainingGraph` for the truth: the class of every pixel whose class is known. Padding
 * outside the pictures does not count.
 * @param classes Including the background.
 */
export function semanticFeeds({ images, sizes, truths }: Batch, classes: number): Record<string, Tensor> {
  const [, , rows, columns] = images.shape;
  const positions: number[] = [];
  truths.forEach((truth, n) => {
    const { width, height } = sizes[n];
    const painted = paintClasses(truth, { width, height });
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const label = painted[y * width + x];
        if (label !== ignoredClass) positions.push(((n * classes + label) * rows + y) * columns + x);
      }
    }
  });
  const known = positions.length;
  return {
    pixels: { dtype: 'int64', shape: [known], data: BigInt64Array.from(positions, BigInt) },
    pixel_weights: float32Tensor([known, 1], new Float32Array(known).fill(1 / known)),
  };
}
