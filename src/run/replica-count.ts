import type { PreprocessConfig } from '../config/schema.ts';
import type { TrainingConfig } from '../config/training.ts';
import { largest } from '../core/extremes.ts';

/** Pictures of up to this many pixels cannot keep several cores busy. */
const smallPicture = 720 * 720;

/** The number of replicas that suits a run: as many as it has runs and cores, if pictures are small. */
export function replicaCount(
  { accumulate, minSizes, augmentation: { window } }: TrainingConfig,
  { minSize, maxSize }: PreprocessConfig,
  cores: number,
): number {
  const side = largest([minSize, ...minSizes]);
  // Most pictures are no longer than 3:2.
  const pixels = window === null ? side * Math.min(1.5 * side, maxSize) : window ** 2;
  return pixels <= smallPicture ? Math.max(1, Math.min(accumulate, cores)) : 1;
}
