import type { Category } from '../config/schema.ts';
import type { RunInput } from '../config/training.ts';
import { trainingRecords } from '../data/load/training-records.ts';
import { readSample } from '../data/sample/read-sample.ts';
import { titleOf } from '../data/sample/sample.ts';
import type { Picture } from '../image/picture.ts';
import type { GroundTruth } from '../ops/ground-truth.ts';
import { matchCategories } from '../score/categories.ts';
import { openLoader } from './open-loader.ts';
import { locationOf } from './picture-set.ts';
import { type PrepareOptions, prepareRun } from './prepare-run.ts';

/** A picture as it is annotated, and as a run will see it. */
export interface PreviewSample {
  /** Path of the picture, and the page or channel chosen of it. */
  readonly name: string;
  readonly annotated: GroundTruth & { readonly picture: Picture };
  /** Resized and augmented. */
  readonly augmented: GroundTruth & { readonly picture: Picture };
}

/** The first pictures of a run. */
export interface Preview {
  /** In the order of class indices, which count from 1. */
  readonly categories: readonly Category[];
  readonly samples: AsyncIterable<PreviewSample>;
}

/**
 * The first pictures that a run will train on, in its order and with its augmentation.
 * @throws what `train` throws for a run that is not sound.
 */
export async function previewSamples(
  run: RunInput,
  count: number,
  options: Pick<PrepareOptions, 'source' | 'offline' | 'onNote'> = {},
): Promise<Preview> {
  const { run: config, trainee, dataset } = await prepareRun({ ...options, run });
  const { labels } = matchCategories(trainee.categories, dataset.categories);
  const { records, notes } = trainingRecords(dataset, locationOf(config.train), labels, trainee.regions);
  for (const note of notes) options.onNote?.(note);
  const task = trainee.task({ trainableStages: 0, partial: false });
  const training = { ...config.training, batchSize: 1, workers: 0 };
  const onBadPicture = ({ message }: Error) =>
    options.onNote?.(`${message}; showing another picture instead`);
  const byTitle = new Map(records.map((record) => [titleOf(record), record]));

  async function* samples(): AsyncGenerator<PreviewSample> {
    const loader = openLoader({ records, training, task }, onBadPicture);
    try {
      for (let step = 0; step < count; step++) {
        const { names, images, sizes, truths } = await loader.batch(step);
        const picture = pictureOf(images, sizes[0], task.preprocess);
        yield {
          name: names[0],
          annotated: await readSample(byTitle.get(names[0])!),
          augmented: { ...truths[0], picture },
        };
      }
    } finally {
      await loader.close();
    }
  }
  return { categories: trainee.categories, samples: samples() };
}

/** The network's input as a picture again. */
function pictureOf(
  { shape: [, , rows, columns], data }: { shape: readonly number[]; data: Float32Array },
  { width, height }: { width: number; height: number },
  { mean, std }: { mean: readonly number[]; std: readonly number[] },
): Picture {
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = data[(channel * rows + y) * columns + x] * std[channel] + mean[channel];
        pixels[3 * (y * width + x) + channel] = 255 * value;
      }
    }
  }
  return { width, height, data: new Uint8Array(pixels.buffer) };
}
