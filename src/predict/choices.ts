import type { Category, ModelConfig } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import { suggestion } from '../core/near-names.ts';
import { checkOptions, type OptionNames } from '../core/options.ts';
import { maxSide } from '../core/picture-limits.ts';
import { type TileChoice, tilingOf } from './tiles/tile-choice.ts';

/**
 * What a caller may choose about a prediction. The model's configuration gives the defaults; those given to `load` replace
 * them for every prediction of that model.
 */
export interface PredictionChoices {
  /** Minimum score of an instance, 0…1. Default: the model's `defaultScore`. */
  score?: number | undefined;
  /**
   * Maximum number of instances per picture, the best of all classes; `Prediction.omitted` counts the others. Models that
   * rescore instances by their masks (`mask.rescore`) choose them by the class scores before. Default: the model's
   * `box.detectionsPerImage`, 100 in most.
   */
  maxDetections?: number | undefined;
  /**
   * NMS within a class removes boxes whose overlap with a higher-scoring one exceeds this, 0…1. Default: the model's
   * `box.nmsThreshold`, 0.5 in most.
   */
  nmsThreshold?: number | undefined;
  /**
   * The shorter side of a picture is resized to this many pixels, unless the longer one would exceed `maxSize`. Default: the
   * model's `preprocess.minSize`.
   */
  minSize?: number | undefined;
  /**
   * Largest longer side of a resized picture, in pixels. Default: the model's `preprocess.maxSize`, in proportion to
   * `minSize` if that is chosen.
   */
  maxSize?: number | undefined;
  /** Names of the categories to return. Default: all. */
  classes?: readonly string[] | undefined;
  /**
   * Predicts the picture tile by tile, for pictures much larger than those that the model was trained on; the limit
   * `maxDetections` then applies to each tile. Default: the picture as a whole.
   */
  tile?: TileChoice | undefined;
}

/**
 * The largest `maxDetections` that a server or a worker accepts from others: masks are computed for all detections at once,
 * and 1,000 of them take some 200 MB.
 */
export const maxRequestedDetections = 1000;

/** For `checkOptions`: every choice. */
export const choiceNames: OptionNames<PredictionChoices> = {
  score: true,
  maxDetections: true,
  nmsThreshold: true,
  minSize: true,
  maxSize: true,
  classes: true,
  tile: true,
};

/** A model's configuration as one prediction uses it. */
export interface ChosenConfig extends ModelConfig {
  /** Class indices of the instances to return; absent: all. */
  readonly labels?: ReadonlySet<number>;
}

/**
 * The choices of an options object that also has others, without those that are undefined.
 * @param options Other keys are ignored.
 */
export function choicesIn(options: PredictionChoices): PredictionChoices {
  const names = Object.keys(choiceNames) as (keyof PredictionChoices)[];
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/**
 * The configuration that a prediction uses.
 * @throws UsageError where a choice is out of range or a class is unknown.
 */
export function configFor(config: ModelConfig, choices: PredictionChoices): ChosenConfig {
  checkChoices(choices);
  const { box, preprocess, categories, defaultScore } = config;
  const {
    score = defaultScore,
    maxDetections = box.detectionsPerImage,
    nmsThreshold = box.nmsThreshold,
    classes,
  } = choices;
  return {
    ...config,
    preprocess: resizedBy(preprocess, choices),
    // Boxes that score less can neither suppress nor outrank the others, so they may be dropped before NMS.
    box: { ...box, scoreThreshold: score, detectionsPerImage: maxDetections, nmsThreshold },
    ...(classes && { labels: labelsOf('classes', classes, categories) }),
  };
}

/** The preprocessing with the chosen size of pictures, for any kind of model. */
export function resizedBy<Limits extends { minSize: number; maxSize: number }>(
  limits: Limits,
  { minSize = limits.minSize, maxSize }: Pick<PredictionChoices, 'minSize' | 'maxSize'>,
): Limits {
  return { ...limits, minSize, maxSize: maxSize ?? Math.round((limits.maxSize * minSize) / limits.minSize) };
}

/**
 * The class indices of categories.
 * @param option The option that lists them, as the user typed it.
 * @throws UsageError for an empty list, something else than names, or a name that the model does not have.
 */
export function labelsOf(
  option: string,
  classes: readonly string[],
  categories: readonly Category[],
): Set<number> {
  const names = categories.map(({ name }) => name);
  if (!isListOfNames(classes) || classes.length === 0) {
    throw new UsageError(
      `${option}: expected names of the model's classes, got ${String(classes) || 'none'}`,
    );
  }
  const labels = classes.flatMap((name) => {
    if (!names.includes(name)) {
      throw new UsageError(`${option}: the model has no class ${name}${suggestion(name, names)}`);
    }
    return names.flatMap((known, index) => (known === name ? [index + 1] : []));
  });
  return new Set(labels);
}

/** @throws UsageError that names the choice where one is out of range. */
export function checkChoices(choices: PredictionChoices): void {
  if (choices.tile !== undefined) tilingOf(choices.tile);
  for (const name of ['score', 'nmsThreshold'] as const) {
    const value = choices[name];
    if (value !== undefined && !(typeof value === 'number' && value >= 0 && value <= 1)) {
      throw new UsageError(`${name} should lie between 0 and 1, got ${value}`);
    }
  }
  for (const name of ['maxDetections', 'minSize', 'maxSize'] as const) {
    const value = choices[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= maxSide)) {
      throw new UsageError(`${name} should be a whole number from 1 to ${maxSide}, got ${value}`);
    }
  }
}

/**
 * Choices that come from elsewhere as data, without those that are undefined. Classes are checked with the model.
 * @param source Where they come from, for messages.
 * @throws UsageError where one is unknown or out of range.
 */
export function checkGivenChoices(source: string, value: object): PredictionChoices {
  const choices: PredictionChoices = value;
  checkOptions(source, choices, choiceNames);
  checkChoices(choices);
  const { classes } = choices;
  if (classes !== undefined && !isListOfNames(classes))
    throw new UsageError(`${source}: classes should be a list of names`);
  return choicesIn(choices);
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
