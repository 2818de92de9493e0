import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { largest } from '../../core/extremes.ts';
import { plural } from '../../core/plural.ts';
import { ownPlane } from '../../data/coco/own-plane.ts';
import type { CocoDataset } from '../../data/coco/types.ts';
import { writeCocoDataset } from '../../data/coco/write-coco.ts';
import type { Converted, Converter } from '../../data/convert/converter.ts';
import { converters } from '../../data/convert/formats.ts';
import type { AnnotationWriter } from '../../data/convert-to/annotation-writer.ts';
import { annotationWriters } from '../../data/convert-to/formats.ts';
import { formatNamed } from '../../data/format-named.ts';
import { refuseOverwriting } from '../files/overwrite.ts';
import { fraction, toleranceOption } from '../options/option-values.ts';
import { note, print, writeJson } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import { aboveScore, readCocoInput } from './coco-input.ts';
import { leftOutLines } from './left-out.ts';

interface ConvertCommandOptions {
  readonly from?: Converter;
  readonly to: AnnotationWriter | 'coco';
  readonly out: string;
  readonly data?: string;
  readonly images?: string;
  readonly category?: string;
  readonly label?: string;
  readonly split?: string;
  readonly score?: number;
  readonly tolerance: number;
  readonly json?: true;
}

/** `mask-rcnn convert`: converts annotations between COCO JSON and the formats of other tools. */
export function convertCommand(): Command {
  return new Command('convert')
    .summary('convert annotations from and to the formats of other tools')
    .description(
      'Converts annotations from other tools to COCO JSON, which train and eval read; and with --to, a COCO data set or ' +
        'results of predict to the format of another tool, which shows predictions as annotations to correct.',
    )
    .argument('<input>', 'file or folder, see the formats below')
    .addOption(
      new Option(
        '--from <format>',
        'format of the input, see below (default with --to: a COCO data set, or results)',
      ).argParser((format) => formatNamed('--from', format, converters)),
    )
    .addOption(
      new Option('--to <format>', 'format to write, see below (default: coco)')
        .argParser(writerNamed)
        .default('coco'),
    )
    .requiredOption('--out <path>', 'the COCO JSON to write, or with --to the folder')
    .option('--data <coco.json>', 'the data set of INPUT, which is a COCO results array')
    .option('--images <dir>', 'folder of the pictures (default: the location that the format defines)')
    .option(
      '--category <name>',
      'via, masks, instance-png: name of the only category, where the input has none (default: object)',
    )
    .option('--label <attribute>', 'via: the region attribute that holds the category')
    .option('--split <name>', 'yolo: only train, val or test (default: all)')
    .addOption(new Option('--score <0..1>', 'leave out predictions with a lower score').argParser(fraction))
    .addOption(toleranceOption('simplify outlines of masks by at most this distance, with --to'))
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Formats of --from:
${formats(converters.map(({ format, summary, input, picturesIn }) => [format, summary, `input: ${input}; pictures: ${picturesIn}`]))}

Formats of --to:
${formats(annotationWriters.map(({ format, summary, output }) => [format, summary, `writes ${output}`]))}

Examples:
  mask-rcnn convert --from labelme annotations/ --images photos/ --out train.json
  mask-rcnn convert results.json --images photos/ --to cvat --out pre-annotations`,
    )
    .action(convertAction);
}

function writerNamed(format: string): AnnotationWriter | 'coco' {
  const found = formatNamed('--to', format, [{ format: 'coco' } as const, ...annotationWriters]);
  return 'write' in found ? found : found.format;
}

/** @throws UsageError for an option that the formats do not use. */
function refuseUseless({ from, to, tolerance, score, ...options }: ConvertCommandOptions): void {
  for (const name of ['category', 'label', 'split'] as const) {
    if (options[name] === undefined || from?.uses?.includes(name)) continue;
    const users = converters.filter(({ uses }) => uses?.includes(name)).map(({ format }) => format);
    const what = from === undefined ? 'COCO' : from.format;
    throw new UsageError(
      `--${name} has no effect on ${what}: leave it out, or use --from ${users.join(', ')}`,
    );
  }
  if (score !== undefined && from !== undefined)
    throw new UsageError(
      '--score has no effect with --from: it leaves out predictions, which only COCO input has',
    );
  if (tolerance > 0 && to === 'coco')
    throw new UsageError('--tolerance has no effect without --to: leave it out, or name a format to write');
}

async function convertAction(input: string, options: ConvertCommandOptions): Promise<void> {
  const { from, to, out, data, images } = options;
  refuseUseless(options);
  if (from === undefined && to === 'coco' && data === undefined) {
    throw new UsageError('--from: expected the format of the input, or --to a format to convert COCO to');
  }
  if (from !== undefined && data !== undefined) {
    throw new UsageError('--data: expected COCO results as input, without --from');
  }
  if (
    from !== undefined &&
    to !== 'coco' &&
    [input, dirname(input)].some((path) => resolve(path) === resolve(out))
  ) {
    throw new UsageError(
      `--out ${out} is the folder of the input, whose files could be replaced; choose another folder`,
    );
  }
  if (existsSync(out)) {
    const inputs = await Promise.all([input, data, images].map((path) => filesIn(path, from)));
    await refuseOverwriting([{ option: '--out', path: out }], inputs.flat());
  }
  const progress = startProgress('converting', null, { unit: 'files' });
  const onProgress = (done: number, total: number) => progress.update(done, total);
  try {
    const { dataset, skipped } = await readInput(input, options, onProgress);
    const kept = aboveScore(dataset, options.score, progress.note);
    if (to === 'coco') await writeCocoDataset(out, kept);
    const leftOut =
      to === 'coco'
        ? {}
        : await to.write(kept, out, {
            source: input,
            tolerance: options.tolerance,
            onProgress,
            onNote: progress.note,
            ...(images && { images }),
          });
    progress.finish();
    if (to !== 'coco') noteLostPlanes(kept, to);
    const lost = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
    await report(
      out,
      {
        images: kept.images.length,
        annotations: kept.annotations.length - lost,
        categories: kept.categories.length,
        skipped: { ...skipped, ...leftOut },
      },
      options,
    );
  } finally {
    progress.finish();
  }
}

/** The input as a data set: another tool's annotations, COCO results or a COCO data set. */
async function readInput(
  input: string,
  { from, data, images, category, label, split }: ConvertCommandOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Converted> {
  if (from !== undefined) {
    const given = { images, category, label, split };
    const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    return from.convert(input, { ...options, onProgress });
  }
  return { dataset: await readCocoInput(input, { data, images }), skipped: {} };
}

/** Says for how many images the format does not tell which page or channel of their files they are. */
function noteLostPlanes({ images }: CocoDataset, { format }: AnnotationWriter): void {
  const planes = images.filter((image) => Object.keys(ownPlane(image)).length > 0).length;
  if (planes > 0)
    note(`note: ${format} has no pages or channels; those of ${plural(planes, 'image')} are left out`);
}

/** What was written, and what was left out. */
interface Outcome {
  readonly images: number;
  readonly annotations: number;
  readonly categories: number;
  readonly skipped: Readonly<Record<string, number>>;
}

async function report(
  out: string,
  outcome: Outcome,
  { json }: Pick<ConvertCommandOptions, 'json'>,
): Promise<void> {
  if (json) return writeJson('-', { out, ...outcome });
  const { images, annotations, categories, skipped } = outcome;
  const total = [
    plural(images, 'image'),
    plural(annotations, 'annotation'),
    plural(categories, 'category'),
  ].join(', ');
  for (const line of [...leftOutLines(skipped), `${out}: ${total}`]) await print(line);
}

/**
 * The files that a path stands for. JSON files in a folder may be results of earlier conversions, unless the format is
 * JSON itself.
 */
async function filesIn(path: string | undefined, from: Converter | undefined): Promise<string[]> {
  if (path === undefined) return [];
  const entries = await readdir(path, { recursive: true }).catch(() => null);
  if (entries === null) return [path];
  return entries
    .filter((name) => from?.format === 'labelme' || extname(name).toLowerCase() !== '.json')
    .map((name) => join(path, name));
}

function formats(rows: readonly (readonly [format: string, summary: string, detail: string])[]): string {
  const width = largest(rows.map(([format]) => format.length));
  return rows
    .map(
      ([format, summary, detail]) =>
        `  ${format.padEnd(width)}  ${summary}\n${' '.repeat(width + 4)}${detail}`,
    )
    .join('\n');
}
