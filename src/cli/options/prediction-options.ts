import { type Command, Option } from 'commander';
import { type Device, devices } from '../../config/device.ts';
import type { Category } from '../../config/schema.ts';
import { UsageError } from '../../core/errors.ts';
import { labelsOf, type PredictionChoices } from '../../predict/choices.ts';
import { type TileOptions, tilingOf } from '../../predict/tiles/tile-choice.ts';
import { count, fraction, positive } from './option-values.ts';

/** Where to compute. */
export function deviceOption(): Option {
  return new Option(
    '--device <name>',
    'where to compute: on a graphics processor, or auto for the first that is faster (default: cpu)',
  ).choices(devices);
}

/** The options of every command that predicts, as commander names them. */
export interface PredictionOptions {
  score?: number;
  maxDet?: number;
  nms?: number;
  minSize?: number;
  maxSize?: number;
  classes?: string[];
  tile?: number | 'auto';
  tileOverlap?: number;
  tileScale?: number;
  tileWhole?: true;
  threads?: number;
  device?: Device;
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
      "resize the shorter side of pictures to this (default: the model's own, 800 in most detectors, 520 in FCNs)",
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
  tile: () =>
    new Option(
      '--tile <pixels|auto>',
      'predict large pictures in square tiles of this side, and merge what overlapping tiles show; auto: as large as the model takes well',
    ).argParser((text) => (text === 'auto' ? text : count(text))),
  tileOverlap: () =>
    new Option(
      '--tile-overlap <0..0.9>',
      'share of a tile that neighbours have in common, more than the largest objects (default: 0.2, or more where tiles are small for the objects)',
    ).argParser(fraction),
  tileScale: () =>
    new Option(
      '--tile-scale <factor>',
      'magnify tiles by this factor (default: so that objects are as large as those that the model was trained on)',
    ).argParser(positive),
  tileWhole: () =>
    new Option('--tile-whole', 'predict the whole picture as well, for objects larger than the overlap'),
  threads: () =>
    new Option('--threads <n>', 'threads of one prediction (default: one for each core)').argParser(count),
  device: deviceOption,
};

/** The options about the machine that computes. */
export const computeOptionNames = ['threads', 'device'] as const;

/** The options that change what is found, in the order of the help. */
export const choiceOptionNames = (Object.keys(options) as (keyof PredictionOptions)[]).filter(
  (name) => !(computeOptionNames as readonly string[]).includes(name),
);

/** The options about tiles, for commands that look at the whole picture. */
export const tileOptionNames = ['tile', 'tileOverlap', 'tileScale', 'tileWhole'] as const;

/** Adds the options about predictions to a command, except for some. */
export function addPredictionOptions(
  command: Command,
  without: readonly (keyof PredictionOptions)[] = [],
): Command {
  for (const [name, option] of Object.entries(options)) {
    if (!without.includes(name as keyof PredictionOptions)) command.addOption(option());
  }
  return command;
}

/** Adds the options about the machine that computes. */
export function addComputeOptions(command: Command): Command {
  for (const name of computeOptionNames) command.addOption(options[name]());
  return command;
}

/** @throws UsageError for an option about the machine that computes, where workers decide. */
export function requireNoComputeOptions(given: PredictionOptions): void {
  const name = computeOptionNames.find((one) => given[one] !== undefined);
  if (name) throw new UsageError(`--${name} is decided by the workers of --queue: start them with it`);
}

/**
 * What the user chose about predictions.
 * @param categories The model's.
 * @throws UsageError for a class that the model does not have.
 */
export function choicesOf(options: PredictionOptions, categories: readonly Category[]): PredictionChoices {
  const { score, maxDet, nms, minSize, maxSize, classes } = options;
  if (classes) labelsOf(`--classes ${classes.join(',')}`, classes, categories);
  const tile = tileOf(options);
  return { score, maxDetections: maxDet, nmsThreshold: nms, minSize, maxSize, classes, tile };
}

/** @throws UsageError for an option about tiles without `--tile`, or out of range. */
function tileOf({ tile, tileOverlap, tileScale, tileWhole }: PredictionOptions): TileOptions | undefined {
  if (tile === undefined) {
    const alone = Object.entries({
      '--tile-overlap': tileOverlap,
      '--tile-scale': tileScale,
      '--tile-whole': tileWhole,
    }).find(([, value]) => value !== undefined);
    if (alone) throw new UsageError(`${alone[0]} needs --tile: add --tile auto, or a size in pixels`);
    return undefined;
  }
  const choice = { size: tile, overlap: tileOverlap, scale: tileScale, whole: tileWhole };
  tilingOf(choice);
  return choice;
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
