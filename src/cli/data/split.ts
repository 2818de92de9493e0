import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { makeFolder } from '../../core/node/make-folder.ts';
import { plural } from '../../core/plural.ts';
import { readCocoDataset } from '../../data/coco/coco.ts';
import type { CocoDataset, CocoImage } from '../../data/coco/types.ts';
import { writeCocoDataset } from '../../data/coco/write-coco.ts';
import { splitDataset } from '../../data/curate/split.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { count } from '../options/option-values.ts';
import { note, print } from '../terminal/output.ts';

interface SplitCommandOptions {
  readonly out: string;
  readonly parts: Readonly<Record<string, number>>;
  readonly group?: RegExp;
  readonly seed: number;
}

/** `mask-rcnn data split`: divides a data set by picture. */
export function splitCommand(): Command {
  return new Command('split')
    .summary('divide a data set into parts for training and validation')
    .description(
      'Divides a COCO data set by picture, so that every part has its share of the pictures and of the instances of ' +
        'each class. The same seed gives the same parts.',
    )
    .argument('<coco.json>', 'the data set')
    .requiredOption('-o, --out <folder>', 'folder for the parts, NAME.json each')
    .option(
      '--parts <name=share,…>',
      'names of the parts and their shares, in any unit (default: train=0.8,val=0.2)',
      partsOf,
      { train: 0.8, val: 0.2 },
    )
    .option(
      '--group <pattern>',
      'regular expression for file names: pictures with the same match, or first group of it, stay together',
      patternOf,
    )
    .option('--seed <n>', 'random seed', count, 1)
    .addHelpText(
      'after',
      `
Examples:
  mask-rcnn data split cells.json --out split
  mask-rcnn data split tiles.json --parts train=70,val=15,test=15 --group '^(slide\\d+)_' --out split`,
    )
    .action(splitAction);
}

async function splitAction(input: string, options: SplitCommandOptions): Promise<void> {
  const { out, parts, group, seed } = options;
  const paths = new Map(Object.keys(parts).map((name) => [name, join(out, `${name}.json`)]));
  await refuseOverwriting(
    [...paths.values()].map((path) => ({ option: '--out', path })),
    [input],
  );
  const dataset = await readCocoDataset(input);
  const split = splitDataset(dataset, { parts, seed, ...(group && { groupOf: groupsBy(group, dataset) }) });
  await makeFolder(out);
  for (const [name, path] of paths) {
    await writeCocoDataset(path, split[name]);
    const { images, annotations } = split[name];
    await print(`${path}: ${plural(images.length, 'image')}, ${plural(annotations.length, 'annotation')}`);
  }
  noteMissing(dataset, split);
}

/** Groups pictures by the match of a pattern; a picture without a match is a group of its own. */
function groupsBy(pattern: RegExp, { images }: CocoDataset): (image: CocoImage) => string | null {
  const groupOf = ({ file_name = '' }: CocoImage) => {
    const match = pattern.exec(file_name);
    return match ? (match[1] ?? match[0]) : null;
  };
  const alone = images.filter((image) => groupOf(image) === null).length;
  if (alone === images.length) {
    throw new UsageError(`--group: ${pattern.source} matches no file name, such as ${images[0]?.file_name}`);
  }
  if (alone > 0) note(`${plural(alone, 'picture')} without a match of --group, each on its own`);
  return groupOf;
}

/** Names the classes that a part lacks. */
function noteMissing({ categories, annotations }: CocoDataset, split: Record<string, CocoDataset>): void {
  const used = new Set(annotations.map(({ category_id }) => category_id));
  for (const [name, part] of Object.entries(split)) {
    const present = new Set(part.annotations.map(({ category_id }) => category_id));
    const missing = categories.filter(({ id }) => used.has(id) && !present.has(id));
    if (missing.length > 0)
      note(`${name} has no instance of ${missing.map((category) => category.name).join(', ')}`);
  }
}

/** Option value: `train=0.8,val=0.2`. */
function partsOf(text: string): Record<string, number> {
  const entries = text.split(',').map((entry) => {
    const [, name, share] = /^\s*([\w.-]+)=([\d.]+)\s*$/.exec(entry) ?? [];
    if (name === undefined || !(Number(share) > 0)) {
      throw new InvalidArgumentError('Expected names and shares above 0, such as train=0.8,val=0.2.');
    }
    return [name, Number(share)] as const;
  });
  const parts = Object.fromEntries(entries);
  if (Object.keys(parts).length !== entries.length || entries.length < 2) {
    throw new InvalidArgumentError('Expected two different parts or more, such as train=0.8,val=0.2.');
  }
  return parts;
}

/** Option value: a regular expression. */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new InvalidArgumentError(`Expected a regular expression (${(error as Error).message}).`);
  }
}
