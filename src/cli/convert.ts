import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Command, Option } from 'commander';
import { largest } from '../core/extremes.ts';
import { plural } from '../core/plural.ts';
import { writeCocoDataset } from '../data/coco/write-coco.ts';
import type { Converter } from '../data/convert/converter.ts';
import { converterOf, converters } from '../data/convert/formats.ts';
import { print, writeJson } from './output.ts';
import { refuseOverwriting } from './overwrite.ts';
import { startProgress } from './progress.ts';

interface ConvertCommandOptions {
  readonly from: Converter;
  readonly out: string;
  readonly images?: string;
  readonly category?: string;
  readonly label?: string;
  readonly split?: string;
  readonly json?: true;
}

/** `mask-rcnn convert`: converts annotations of other tools to COCO JSON. */
export function convertCommand(): Command {
  return new Command('convert')
    .summary('convert annotations from other tools to COCO')
    .description('Converts annotations from other tools to COCO JSON, which train and eval read.')
    .argument('<input>', 'file or folder, see the formats below')
    .addOption(
      new Option('--from <format>', 'format of the input, see below')
        .argParser(converterOf)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'the COCO JSON to write')
    .option('--images <dir>', 'folder of the pictures (default: the location that the format defines)')
    .option(
      '--category <name>',
      'name of the only category, for formats without categories (default: object)',
    )
    .option('--label <attribute>', 'via: the region attribute that holds the category')
    .option('--split <name>', 'yolo: only train, val or test (default: all)')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `\nFormats:\n${formats()}\n\nExample:\n  mask-rcnn convert --from labelme annotations/ --images photos/ --out train.json`,
    )
    .action(convertAction);
}

async function convertAction(input: string, options: ConvertCommandOptions): Promise<void> {
  const { from, out, images, category, label, split } = options;
  if (existsSync(out)) {
    const inputs = await Promise.all([input, images].map((path) => filesIn(path, from)));
    await refuseOverwriting([{ option: '--out', path: out }], inputs.flat());
  }
  const progress = startProgress('converting', null, { unit: 'files' });
  const { dataset, skipped } = await from
    .convert(input, {
      ...(images === undefined ? {} : { images }),
      ...(category === undefined ? {} : { category }),
      ...(label === undefined ? {} : { label }),
      ...(split === undefined ? {} : { split }),
      onProgress: (done, total) => progress.update(done, total),
    })
    .finally(() => progress.finish());
  await writeCocoDataset(out, dataset);
  const counts = {
    images: dataset.images.length,
    annotations: dataset.annotations.length,
    categories: dataset.categories.length,
  };
  if (options.json) return writeJson('-', { out, ...counts, skipped });
  const lines = Object.entries(skipped).map(([what, number]) => `left out: ${number} ${what}`);
  const total = [
    plural(counts.images, 'image'),
    plural(counts.annotations, 'annotation'),
    plural(counts.categories, 'category'),
  ].join(', ');
  for (const line of [...lines, `${out}: ${total}`]) await print(line);
}

/**
 * The files that a path stands for. JSON files in a folder may be results of earlier conversions, unless the format is
 * JSON itself.
 */
async function filesIn(path: string | undefined, { format }: Converter): Promise<string[]> {
  if (path === undefined) return [];
  const entries = await readdir(path, { recursive: true }).catch(() => null);
  if (entries === null) return [path];
  return entries
    .filter((name) => format === 'labelme' || extname(name).toLowerCase() !== '.json')
    .map((name) => join(path, name));
}

function formats(): string {
  const width = largest(converters.map(({ format }) => format.length));
  return converters
    .map(({ format, summary, input, picturesIn }) => {
      const indent = ' '.repeat(width + 4);
      return `  ${format.padEnd(width)}  ${summary}\n${indent}input: ${input}; pictures: ${picturesIn}`;
    })
    .join('\n');
}
