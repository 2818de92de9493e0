import type { AnyModelConfig } from '../config/any-config.ts';
import type { Category } from '../config/schema.ts';
import type { RunConfig } from '../config/training.ts';
import type { CocoData } from '../data/coco/coco.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TrainingTask } from '../train/task.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import type { Validation } from './loop.ts';

/** A model that `train` can train, of whichever kind: a detector, or FCN. */
export interface Trainee {
  readonly config: AnyModelConfig;
  /** Of its objects, which are the classes 1, 2, …. */
  readonly categories: readonly Category[];
  /** state_dict name → shape of every weight. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** What begins the names of the backbone's weights. */
  readonly backboneScope: string;
  /** What `trainingRecords` labels regions with that have no class; null where they are left out. */
  readonly ignoredLabel: number | null;
  /** @param trainableStages Stages of the backbone that learn, 0…5. */
  task(trainableStages: number): TrainingTask;
  /** @throws InputError where the set cannot be used. */
  validation(set: ValidationSet, runtime: Runtime): Validation;
}

/** Pictures that a model is measured on. */
export interface ValidationSet {
  readonly dataset: CocoData;
  /** Folder of the pictures. */
  readonly folder: string;
  /** Category id → class index of the model, of the categories that it knows. */
  readonly labels: ReadonlyMap<number, number>;
}

/** How models of one kind are made for a run. */
export interface TraineeMaker {
  /**
   * The model that the run's architecture names.
   * @param fromNothing Whether its backbone learns from nothing too.
   */
  build(fromNothing: boolean): Trainee;
  /**
   * A model to go on from, and what it becomes for the run's data set. The caller closes the weights.
   * @throws InputError where the file holds no such model.
   */
  open(path: string): Promise<TraineeStart>;
}

export interface TraineeStart {
  readonly trainee: Trainee;
  readonly weights: WeightFile;
  /** False where the classes are others than those of the file. */
  readonly keepPredictors: boolean;
}

/** What a model is made for. */
export interface MakerOptions {
  readonly run: RunConfig;
  /** What messages call the run. */
  readonly source: string;
  /** That the run trains on. */
  readonly dataset: CocoData;
}

/** The categories of a data set as a model of its own lists them. */
export function categoriesOf({ categories }: CocoData): Category[] {
  return categories.map(({ id, name }) => ({ id, name })).sort((a, b) => a.id - b.id);
}

/** Whether a model knows all the categories by name. */
export function isSubset(categories: readonly Category[], known: readonly Category[]): boolean {
  const names = new Set(known.map(({ name }) => name));
  return categories.every(({ name }) => names.has(name));
}

/** Category id of the data set → class index of a model with these categories, by name. */
export function labelsOf(dataset: CocoData, categories: readonly Category[]): Map<number, number> {
  const byName = new Map(categories.map(({ name }, i) => [name, i + 1]));
  const labels = new Map<number, number>();
  for (const { id, name } of dataset.categories) {
    const label = byName.get(name);
    if (label !== undefined) labels.set(id, label);
  }
  return labels;
}
