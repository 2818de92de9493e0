import { dirname, relative, resolve, sep } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { plural } from '../../core/plural.ts';
import { readCocoDataset } from '../../data/coco/coco.ts';
import type { CocoData } from '../../data/coco/dataset.ts';
import { pictureFiles } from '../../data/coco/picture-files.ts';
import type { CocoDataset } from '../../data/coco/types.ts';
import { writeCocoDataset } from '../../data/coco/write-coco.ts';
import { type MergeSource, mergeDatasets, unusedClass } from '../../data/curate/merge.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { note, print } from '../terminal/output.ts';

interface MergeCommandOptions {
  readonly out: string;
  readonly images?: string[];
  readonly class: Record<string, string>;
}

/** `mask-rcnn data merge`: several data sets as one. */
export function mergeCommand(): Command {
  return new Command('merge')
    .summary('merge data sets, also with different classes')
    .description(
      'Merges COCO data sets: classes of one name become one, ids are renumbered. Where the sets do not have the same ' +
        'classes, each image lists those of its own set that it does not show (neg_category_ids), and the classes of the ' +
        'other sets are unknown in it: training does not learn them as background there.',
    )
    .argument('<coco.json...>', 'the data sets')
    .requiredOption('-o, --out <coco.json>', 'the merged data set')
    .option(
      '-i, --images <dir...>',
      'folder of the pictures of each data set, in order; file names become relative to the folder of --out',
    )
    .option('--class <name=new>', 'rename a class, or join it to another; repeatable', addClass, {})
    .addHelpText(
      'after',
      `
Example:
  mask-rcnn data merge dogs/dogs.json cats/cats.json --images dogs/photos --images cats/photos --class kitten=cat --out pets.json
  mask-rcnn train --data pets.json --images . --out runs/pets`,
    )
    .action(mergeAction);
}

async function mergeAction(inputs: string[], options: MergeCommandOptions): Promise<void> {
  const { out, images, class: classes } = options;
  if (inputs.length < 2) throw new UsageError('data merge: expected two data sets or more');
  if (images && images.length !== inputs.length) {
    throw new UsageError(
      `--images: expected the folder of each of the ${inputs.length} data sets, got ${images.length}`,
    );
  }
  await refuseOverwriting([{ option: '--out', path: out }], inputs);
  const sources: MergeSource[] = [];
  for (const [index, name] of inputs.entries()) {
    const dataset = await readCocoDataset(name);
    sources.push({
      name,
      dataset: images === undefined ? dataset : await withPictures(dataset, images[index], dirname(out)),
    });
  }
  const unused = unusedClass(sources, classes);
  if (unused !== undefined) throw new UsageError(`--class: ${unused}`);
  const merged = mergeDatasets(sources, { classes });
  await writeCocoDataset(out, merged);
  const partial = merged.images.filter(({ neg_category_ids }) => neg_category_ids !== undefined).length;
  const counts = [
    plural(merged.images.length, 'image'),
    plural(merged.annotations.length, 'annotation'),
    plural(merged.categories.length, 'category'),
  ];
  await print(`${out}: ${counts.join(', ')}`);
  if (partial > 0) {
    note(
      `the data sets have different classes: those of other sets are unknown in ${plural(partial, 'image')}`,
    );
  }
}

/**
 * The data set with the paths of its pictures from another folder.
 * @param folder Of its pictures.
 * @throws UsageError where there is no such folder; InputError where a picture is not in it.
 */
async function withPictures(dataset: CocoData, folder: string, from: string): Promise<CocoDataset> {
  if (!(await isFolder(folder))) {
    throw new UsageError(`--images ${folder}: expected the folder of the pictures of ${dataset.source}`);
  }
  const images = pictureFiles(dataset, { folder }).map(({ image, path }) => ({
    ...image,
    file_name: relative(resolve(from), resolve(path)).split(sep).join('/'),
  }));
  const { annotations, categories, info, licenses } = dataset;
  return { ...(info && { info }), ...(licenses && { licenses }), images, annotations, categories };
}

function addClass(text: string, classes: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError('Expected NAME=NEW, such as kitten=cat.');
  const [name, renamed] = [text.slice(0, at), text.slice(at + 1)];
  if (Object.hasOwn(classes, name) && classes[name] !== renamed) {
    throw new InvalidArgumentError(`${name} already becomes ${classes[name]}.`);
  }
  return { ...classes, [name]: renamed };
}
