import type { ComputeOptions } from '../config/device.ts';
import type { ModelConfig } from '../config/schema.ts';
import type { PlainError } from '../core/plain-error.ts';
import type { Rle } from '../ops/rle/rle.ts';
import type { PredictionChoices } from '../predict/choices.ts';
import { Instance, InstanceMask, type Pose, Prediction } from '../predict/instance.ts';
import type { PlainSource } from '../predict/load/decode-source.ts';
import type { TilePlan } from '../predict/tiles/tile-plan.ts';

/** What a `ModelPool` and its workers tell each other. Classes do not survive the way between processes. */

/** The argument that a worker is started with. */
export interface PredictSettings {
  /** Path of a model file. */
  modelFile: string;
  compute: ComputeOptions;
  /** Defaults of every prediction. */
  choices: PredictionChoices;
}

export interface PredictJob {
  source: PlainSource;
  choices: PredictionChoices;
}

export type PredictAnswer = { prediction: PlainPrediction } | { error: PlainError };

interface PlainPrediction {
  width: number;
  height: number;
  instances: PlainInstance[];
  omitted: number;
  tiles: TilePlan | null;
}

interface PlainInstance {
  /** Position in the model's categories. */
  category: number;
  score: number;
  box: [number, number, number, number];
  mask: Rle | null;
  keypoints: Pose | null;
}

export function toPlain(
  { width, height, instances, omitted, tiles }: Prediction,
  { categories }: ModelConfig,
): PlainPrediction {
  return {
    width,
    height,
    instances: instances.map(({ category, score, box, mask, keypoints }) => ({
      category: categories.indexOf(category),
      score,
      box,
      mask: mask?.rle ?? null,
      keypoints,
    })),
    omitted,
    tiles,
  };
}

export function fromPlain(
  { instances, omitted, tiles, ...size }: PlainPrediction,
  { categories }: ModelConfig,
): Prediction {
  return new Prediction(
    size,
    instances.map(
      ({ category, mask, ...rest }) =>
        new Instance({ ...rest, category: categories[category], mask: mask && new InstanceMask(mask) }),
    ),
    { omitted, tiles },
  );
}
