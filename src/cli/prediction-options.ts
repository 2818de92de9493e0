import { type Command, Option } from 'commander';
import type { Category } from '../config/schema.ts';
import { labelsOf, type PredictionChoices } from '../predict/choices.ts';
import { count, fraction } from './output.ts';

/** The options of every command that predicts, as commander names them. */
export interface PredictionOptions {
  score?: number;
  maxDet?: number;
  nms?: number;
  minSize?: number;
  maxSize?: number;
  classes?: string[];
  threads?: number;
}

const options: { readonly [Name in keyof PredictionOptions]-?: () => Option } = {
  score: () =>
    new Option(
      '-s, --score <0..1>',
      "minimum score of instances (default: the model's own threshold, 0.5 in most)",
    ).argParser(fraction),
  maxDet: () =>
    new Option(
      '--max-det <n>',
      "maximum number of instances per picture, the best of all classes (default: the model's own limit, 100 in most)",
    ).argParser(count),
  nms: () =>
    new Option(
      '--nms <0..1>',
      "overlap above which the lower-scoring of two boxes of a class is dropped (default: the model's own, 0.5 in most)",
    ).argParser(fraction),
  minSize: () =>
    new Option(
      '--min-size <pixels>',
      "resize the shorter side of pictures to this (default: the model's own, 800 in most)",
    ).argParser(count),
  maxSize: () =>
    new Option(
      '--max-size <pixels>',
      "largest longer side of a resized picture (default: the model's own, in proportion to --min-size)",
    ).argParser(count),
  classes: () =>
    new Option('--classes <names>', 'return only these classes, such as person,car (default: all)').argParser(
      names,
    ),
  threads: () =>
    new Option('--threads <n>', 'threads of one prediction (default: one for each core)').argParser(count),
};

/** Adds the options about predictions to a command, all of them unless some are listed. */
export function addPredictionOptions(
  command: Command,
  wanted = Object.keys(options) as readonly (keyof PredictionOptions)[],
): Command {
  for (const name of wanted) command.addOption(options[name]());
  return command;
}

/**
 * What the user chose about predictions.
 * @param categories The model's.
 * @throws UsageError for a class that the model does not have.
 */
export function choicesOf(
  { score, maxDet, nms, minSize, maxSize, classes }: PredictionOptions,
  categories: readonly Category[],
): PredictionChoices {
  if (classes) labelsOf(`--classes ${classes.join(',')}`, classes, categories);
  return { score, maxDetections: maxDet, nmsThreshold: nms, minSize, maxSize, classes };
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
