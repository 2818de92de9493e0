import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError, messageOf, UsageError } from '../../core/errors.ts';
import { makeFolder } from '../../core/node/make-folder.ts';
import type { CocoCategory } from '../../data/coco/types.ts';
import { labelFormats } from '../../export/label-formats.ts';
import { onePixel, type PixelSize, parsePixelSize } from '../../export/pixel-size.ts';
import type { ChangingOptions } from '../../predict/changing-options.ts';
import type { ResultIds } from '../../score/dataset-ids.ts';
import type { DrawOptions } from '../../vis/draw-instances.ts';
import { outputPaths } from '../files/output-paths.ts';
import { refuseOverwriting, refuseSameFile } from '../files/overwrite.ts';
import type { GivenPicture } from '../files/pictures.ts';
import { toleranceOption } from '../options/option-values.ts';
import { ndjsonOutput, type ShardLines } from './outputs/ndjson.ts';
import { allOutputs, type ResultOutput } from './outputs/picture-result.ts';
import { resultsOutput } from './outputs/results.ts';
import { unlistedClassesNote } from './outputs/unlisted-classes.ts';

/** What `predict` writes. Options that name files or folders are absent where they were not given. */
export interface ResultOptions {
  out?: string;
  overlayScale?: DrawOptions['scale'];
  json?: string;
  csv?: string;
  pixelSize?: PixelSize;
  labels?: string;
  labelFormat?: (typeof labelFormats)[number];
  rois?: string;
  geojson?: string;
  coco?: string;
  crops?: string;
  tolerance: number;
  ndjson?: string;
  resume?: true;
}

export function addResultOptions(command: Command): Command {
  return command
    .option(
      '-o, --out <folder>',
      'write an overlay PNG for each picture here, in the subfolder that the picture has',
    )
    .option(
      '--overlay-scale <n>',
      'size of overlays relative to their pictures; auto enlarges small pictures up to four times (default: 1)',
      scale,
    )
    .option('-j, --json <file>', "write the instances as a COCO results array; '-' for stdout")
    .option('--csv <file>', "write measures of the instances as a table, one row each; '-' for stdout")
    .addOption(
      new Option(
        '--pixel-size <length>',
        'side of a pixel for --csv, such as 0.32um (default: measures in pixels)',
      ).argParser((text) => parsePixelSize(text, '--pixel-size')),
    )
    .option('--labels <folder>', 'write a label picture for each picture: 0 background, n the n-th instance')
    .addOption(
      new Option('--label-format <format>', 'file format of --labels (default: png)').choices(labelFormats),
    )
    .option('--rois <folder>', 'write an ImageJ ROI set (.zip) for each picture')
    .option(
      '--geojson <folder>',
      'write GeoJSON for each picture, in pixels or in the coordinates of a GeoTIFF',
    )
    .option('--coco <file>', 'write the pictures and instances as a COCO data set')
    .option('--crops <folder>', 'write a PNG of each instance, transparent outside its mask')
    .addOption(toleranceOption('simplify the outlines of --rois and --geojson by at most this distance'))
    .option('--ndjson <file>', "write a line of JSON as soon as a picture is done; '-' for stdout")
    .option('--resume', 'continue the file of --ndjson: skip the pictures that it has');
}

/** What the outputs need besides the options; known once the model is loaded. */
export interface ResultContext {
  readonly ids: Pick<ResultIds, 'categoryId'>;
  /** The categories that ids refer to. */
  readonly categories: readonly CocoCategory[];
  /** As the user named it. */
  readonly model: string;
  /** For --ndjson. */
  readonly options: ChangingOptions;
  /** The data set that gives the ids; without one, they are the model's. */
  readonly data?: string | undefined;
  /** For --ndjson of --shard. */
  readonly shard?: ShardLines | undefined;
}

const wholeRun = ['json', 'csv', 'coco'] as const;

const folders = {
  out: '.png',
  labels: '.png',
  rois: '.zip',
  geojson: '.geojson',
  crops: '',
} as const;

/**
 * Checks the options. Nothing is created yet, since the model may not be found.
 * @param pictures All pictures of the run.
 * @param inputs Other files that the command reads, which must not be replaced.
 * @returns Makes the outputs, which create their folders.
 * @throws UsageError where options exclude each other, or a file would be replaced that the command reads; InputError
 *   where what is there cannot be written to.
 */
export async function prepareOutputs(
  options: ResultOptions,
  pictures: readonly GivenPicture[],
  inputs: readonly (string | undefined)[],
): Promise<(context: ResultContext) => ResultOutput> {
  refuseConflicts(options);
  await refuseOverwriting(
    (['json', 'csv', 'coco', 'ndjson'] as const).map((name) => ({
      option: `--${name}`,
      path: options[name],
    })),
    [...pictures.map(({ path }) => path), ...inputs],
  );
  // It is written at the end of the run.
  if (options.coco !== undefined) await requireWritable(dirname(options.coco));
  const paths = new Map<keyof typeof folders, string[]>();
  for (const [name, ending] of Object.entries(folders) as [keyof typeof folders, string][]) {
    const folder = options[name];
    if (folder === undefined) continue;
    const own = name === 'labels' && options.labelFormat === 'tiff' ? '.tif' : ending;
    const files = await outputPaths(pictures, folder, { option: `--${name}`, ending: own });
    paths.set(name, files);
    if (existsSync(folder)) await requireWritableFolder(folder);
  }
  return (context) => async (produce) => {
    for (const [name, files] of paths) {
      await requireWritableFolder(options[name]!);
      for (const parent of new Set(files.map((path) => dirname(path)))) await makeFolder(parent);
    }
    const outputs = await outputsOf(options, paths, context);
    await outputs(produce);
  };
}

/** Creates the folder if it is missing. @throws InputError where it is a file, or cannot be written to. */
async function requireWritableFolder(path: string): Promise<void> {
  await makeFolder(path);
  await requireWritable(path);
}

/** Whether results go to stdout, which lines for people would corrupt. */
export function writesToStdout({ json, csv, ndjson }: ResultOptions): boolean {
  return [json, csv, ndjson].includes('-');
}

/** The options given whose results have ids of pictures and categories. */
export function optionsWithIds(options: ResultOptions): string[] {
  const names = (['json', 'coco', 'ndjson'] as const).filter((name) => options[name] !== undefined);
  return names.map((name) => `--${name}`);
}

/** Modules that draw and export load only where an output needs them. */
async function outputsOf(
  options: ResultOptions,
  paths: ReadonlyMap<keyof typeof folders, readonly string[]>,
  { ids, categories, model, options: changing, data, shard }: ResultContext,
): Promise<ResultOutput> {
  const {
    json,
    csv,
    coco,
    ndjson,
    pixelSize = onePixel,
    labelFormat = 'png',
    tolerance,
    overlayScale,
    resume = false,
  } = options;
  const [overlays, labels, rois, geoJson, crops] = (Object.keys(folders) as (keyof typeof folders)[]).map(
    (name) => paths.get(name),
  );
  const each = paths.size > 0 ? await import('./outputs/each-picture.ts') : undefined;
  const whole = (csv ?? coco) === undefined ? undefined : await import('./outputs/whole-run.ts');
  const named = optionsWithIds(options);
  const outputs = [
    data !== undefined && named.length > 0 && unlistedClassesNote(ids, { data, options: named }),
    json !== undefined && resultsOutput(json, ids),
    csv !== undefined && whole?.csvOutput(csv, pixelSize),
    coco !== undefined && whole?.cocoOutput(coco, ids, categories),
    overlays && each?.overlayOutput(overlays, { scale: overlayScale }),
    labels && each?.labelOutput(labels, labelFormat),
    rois && each?.roiOutput(rois, tolerance),
    geoJson && each?.geoJsonOutput(geoJson, tolerance),
    crops && each?.cropOutput(crops),
    // Last, so that a picture that the file lists is complete in the others.
    ndjson !== undefined && ndjsonOutput(ndjson, { ids, model, options: changing, resume, shard }),
  ];
  return allOutputs(outputs.filter((output) => output instanceof Function));
}

function refuseConflicts(options: ResultOptions): void {
  const { resume, ndjson, json, csv, coco, out, labels } = options;
  const toStdout = Object.entries({ json, csv, ndjson }).filter(([, target]) => target === '-');
  if (toStdout.length > 1) {
    const names = toStdout.map(([name]) => `--${name} -`).join(' and ');
    throw new UsageError(`${names} would mix on stdout; write one of them to a file`);
  }
  if (coco === '-') throw new UsageError('--coco: expected a file');
  refuseSameFile({ json, csv, coco, ndjson });
  if (out !== undefined && labels !== undefined && resolve(out) === resolve(labels)) {
    throw new UsageError(
      `--out and --labels would write the same files in ${out}; choose another folder for one`,
    );
  }
  refuseAlone(options);
  if (!resume) return;
  if (ndjson === undefined || ndjson === '-')
    throw new UsageError('--resume: expected --ndjson <file>, which it continues');
  const whole = wholeRun.find((name) => options[name] !== undefined);
  if (whole !== undefined) {
    throw new UsageError(`--${whole} would lack the pictures that --resume skips; run it without --resume`);
  }
}

/** @throws UsageError for an option about an output that is not written. */
function refuseAlone(options: ResultOptions): void {
  const { out, csv, labels, rois, geojson, overlayScale, pixelSize, labelFormat, tolerance } = options;
  const alone = [
    { name: '--overlay-scale', isGiven: overlayScale !== undefined, of: { '--out': out } },
    { name: '--pixel-size', isGiven: pixelSize !== undefined, of: { '--csv': csv } },
    { name: '--label-format', isGiven: labelFormat !== undefined, of: { '--labels': labels } },
    { name: '--tolerance', isGiven: tolerance > 0, of: { '--rois': rois, '--geojson': geojson } },
  ].find(({ isGiven, of }) => isGiven && Object.values(of).every((target) => target === undefined));
  if (alone === undefined) return;
  const outputs = Object.keys(alone.of).join(' or ');
  throw new UsageError(
    `${alone.name} needs ${outputs}, which it changes: add it, or leave ${alone.name} out`,
  );
}

/** Option value: a whole number of at least 1, or `auto`. */
function scale(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 16)
    throw new InvalidArgumentError('Expected a whole number from 1 to 16, or auto.');
  return value;
}

async function requireWritable(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw new InputError(folder, `cannot be written to (${messageOf(error)})`, { cause: error });
  });
}
