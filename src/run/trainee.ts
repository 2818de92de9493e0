import type { AnyModelConfig } from '../config/any-config.ts';
import type { Category } from '../config/schema.ts';
import type { RunConfig } from '../config/training.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import type { PictureLocation } from '../data/coco/picture-location.ts';
import type { RegionOptions } from '../data/load/training-records.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TaskSpec, TrainingTask } from '../train/task.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import type { Validation } from './loop.ts';

/** A model that `train` can train: a detector or an FCN. */
export interface Trainee {
  readonly config: AnyModelConfig;
  /** The categories of its objects: classes 1, 2, …. */
  readonly categories: readonly Category[];
  /** state_dict name → shape of every weight. */
  shapes(): ReadonlyMap<string, readonly number[]>;
  /** The prefix of the names of the backbone's weights. */
  readonly backboneScope: string;
  /** What it learns from the regions of objects. */
  readonly regions: RegionOptions;
  task(options: Omit<TaskSpec, 'config'>): TrainingTask;
  /** @throws InputError if the set cannot be used. */
  validation(set: ValidationSet, runtime: Runtime): Validation;
}

/** The pictures that a model is validated on. */
export interface ValidationSet {
  readonly dataset: CocoData;
  readonly pictures: PictureLocation;
}

/** How models of one kind are made for a run. */
export interface TraineeMaker {
  /**
   * The model that the run's architecture names.
   * @param fromScratch Whether its backbone is trained from scratch too.
   */
  build(fromScratch: boolean): Trainee;
  /**
   * A model to start from, adapted to the run's data set. The caller closes the weights.
   * @throws InputError if the file does not contain such a model.
   */
  open(path: string): Promise<TraineeStart>;
}

export interface TraineeStart {
  readonly trainee: Trainee;
  readonly weights: WeightFile;
  /** False if the classes differ from those of the file. */
  readonly keepPredictors: boolean;
}

/** The run and the data set that a model is built for. */
export interface MakerOptions {
  readonly run: RunConfig;
  /** The name of the run in messages. */
  readonly source: string;
  /** The data set that the run trains on. */
  readonly dataset: CocoData;
}

/** The categories of a data set in the order in which a model trained on it lists them. */
export function categoriesOf({ categories }: CocoData): Category[] {
  return categories.map(({ id, name }) => ({ id, name })).sort((a, b) => a.id - b.id);
}
