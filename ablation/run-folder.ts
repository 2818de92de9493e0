import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { merge } from '../src/config/merge.ts';
import type { RunInput } from '../src/config/training.ts';
import { InputError } from '../src/core/errors.ts';
import { writeAtomically } from '../src/core/node/atomic-write.ts';
import { makeFolder } from '../src/core/node/make-folder.ts';
import { type MetricsLine, parseMetricsLines, runFiles } from '../src/run/folder.ts';
import { metricNames } from '../src/run/log/metric.ts';
import { type TrainOptions, train } from '../src/run/train.ts';
import type { PictureSet } from './prepare-pictures.ts';
import { type FigureName, figureNames, type Measure, type Study, type Variant } from './study.ts';

/** Average precisions of a trained model, 0…1. */
export type RunFigures = Readonly<Partial<Record<Measure, Readonly<Record<FigureName, number>>>>>;

/** One variant with one seed. */
export interface RunPlace {
  readonly study: Study;
  readonly variant: Variant;
  readonly seed: number;
  /** Of all studies. */
  readonly out: string;
}

/** The complete description of a run, in its folder. */
const configFile = 'config.json';

/** The run's folder: `OUT/STUDY/VARIANT/seed-1`. */
function runFolder({ out, study, variant, seed }: RunPlace): string {
  return join(out, study.name, variant.name, `seed-${seed}`);
}

/** Whether the folder holds a run, finished or not. */
export function isBegun(place: RunPlace): boolean {
  return existsSync(join(runFolder(place), runFiles.checkpoint));
}

/** The input of `mask-rcnn train --config`. The model is evaluated once, in its final state. */
export function configOf(
  { study, variant, seed }: RunPlace,
  sets: { train: PictureSet; validation: PictureSet },
  steps: number | undefined,
): object {
  const run = merge(study.run, variant.change);
  const own = (merge(run, { training: { steps } }) as { training: { steps: number } }).training;
  return merge(run, { ...sets, training: { seed, steps: own.steps, validateEvery: own.steps } }) as object;
}

/**
 * Trains the rest of a run and evaluates the model. In addition to the files of every training, the folder
 * gets `config.json`, the complete run.
 * @returns The figures, or null if `shouldStop` ended it; the next call resumes.
 * @throws InputError if the folder holds another run.
 */
export async function trainRun(
  place: RunPlace,
  config: object,
  listeners: Pick<TrainOptions, 'shouldStop' | 'onMetrics' | 'onNote'>,
): Promise<RunFigures | null> {
  const folder = runFolder(place);
  await keepConfig(join(folder, configFile), config, folder);
  const done = await figuresIn(place);
  if (done) return done;
  // `train` checks the run.
  const run = config as RunInput;
  const start = isBegun(place) ? { resume: true } : { run, source: `${place.study.name} study` };
  await train({ ...start, out: folder, offline: true, ...listeners });
  return figuresIn(place);
}

/** The figures of a finished run, or null. */
export async function figuresIn(place: RunPlace): Promise<RunFigures | null> {
  const folder = runFolder(place);
  // Written last.
  if (!existsSync(join(folder, runFiles.last))) return null;
  const metrics = await readFile(join(folder, runFiles.metrics), 'utf8');
  const values = parseMetricsLines(metrics).findLast(isMeasurement);
  if (!values) return null;
  const measured = (['box', 'mask', 'keypoint'] as const).filter((measure) => key(measure, 'AP') in values);
  const figures = measured.map((measure) => [
    measure,
    Object.fromEntries(figureNames.map((name) => [name, values[key(measure, name)]])),
  ]);
  return Object.fromEntries(figures);
}

/** The length in updates of a run that was started, or null. */
export async function stepsIn(place: RunPlace): Promise<number | null> {
  const path = join(runFolder(place), configFile);
  if (!existsSync(path)) return null;
  return (JSON.parse(await readFile(path, 'utf8')) as { training: { steps: number } }).training.steps;
}

const key = (measure: Measure, name: FigureName) => `${metricNames.validation}${measure} ${name}`;

function isMeasurement(values: MetricsLine): boolean {
  return key('box', 'AP') in values;
}

async function keepConfig(path: string, config: object, folder: string): Promise<void> {
  if (!existsSync(path)) {
    await makeFolder(folder);
    await writeAtomically(path, `${JSON.stringify(config, null, 2)}\n`);
  } else if (!isDeepStrictEqual(JSON.parse(await readFile(path, 'utf8')), plain(config))) {
    throw new InputError(
      path,
      'belongs to a run with other options; repeat those options, or choose another --out',
    );
  }
}

/** The value after a round trip through JSON. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
