import { MaskRcnnError } from '../../core/errors.ts';
import { seededRandom } from '../../core/random.ts';
import { stretchContrast } from '../../image/stretch.ts';
import type { Preprocess } from '../../image/transform.ts';
import { type Augmentation, augment } from '../augment/augment.ts';
import { readSample } from '../sample/read-sample.ts';
import { type PictureRecord, type Sample, titleOf } from '../sample/sample.ts';
import { type PreparedSample, prepareSample } from './batch.ts';

/** How every picture of a run is prepared. */
export interface PreparationOptions {
  readonly preprocess: Preprocess;
  /** Height and width of the tensors are multiples of this. */
  readonly sizeDivisor: number;
  /** The shorter side is resized to one of these, at random; empty: `preprocess.minSize`. */
  readonly minSizes: readonly number[];
  /** Null leaves pictures as they are. */
  readonly augmentation: Augmentation | null;
  /** The keypoint that each becomes in a mirror image; null or absent if no keypoints are learned. */
  readonly mirrored?: readonly number[] | null;
}

/** One picture to prepare. */
export interface LoaderTask {
  readonly record: PictureRecord;
  /** The source of objects, if `copyPaste` draws one. */
  readonly donor: PictureRecord;
  /** The seed of all randomness in the preparation. */
  readonly seed: number;
}

/**
 * Decodes, augments and prepares a picture. The result depends only on the arguments, not on the thread.
 * @throws InputError naming the picture if it cannot be decoded or does not match its record.
 */
export async function runTask(task: LoaderTask, options: PreparationOptions): Promise<PreparedSample> {
  const { augmentation, minSizes, preprocess, sizeDivisor, mirrored = null } = options;
  const random = seededRandom(task.seed);
  const pastes = augmentation !== null && random.uniform() < augmentation.copyPaste;
  const minSize = minSizes.length === 0 ? preprocess.minSize : minSizes[random.integer(minSizes.length)];
  const { stretch = null } = preprocess;
  const sample = await load(task.record, stretch, mirrored);
  const prepared = { ...preprocess, minSize, stretch: null };
  const title = titleOf(task.record);
  if (!augmentation) return prepareSample(sample, title, prepared, sizeDivisor);
  const donor = pastes ? await loadDonor(task.donor, stretch, mirrored) : null;
  const augmented = augment(sample, donor, { ...augmentation, limits: prepared }, random);
  return prepareSample(augmented.sample, title, prepared, sizeDivisor, augmented.size);
}

type Stretch = readonly [number, number] | null;
type Mirrored = readonly number[] | null;

/** The contrast is stretched by the whole picture's values before cropping, as in prediction. */
async function load(record: PictureRecord, stretch: Stretch, mirrored: Mirrored): Promise<Sample> {
  const sample = await readSample(record, mirrored);
  const { width, height, data } = sample.picture;
  // Augmentation changes 8 bits.
  const picture = stretch ? stretchContrast(sample.picture, stretch) : { width, height, data };
  return { ...sample, picture };
}

/** An unusable donor contributes nothing; its problem is reported when its own turn comes. */
async function loadDonor(
  record: PictureRecord,
  stretch: Stretch,
  mirrored: Mirrored,
): Promise<Sample | null> {
  try {
    return await load(record, stretch, mirrored);
  } catch (error) {
    if (error instanceof MaskRcnnError) return null;
    throw error;
  }
}
