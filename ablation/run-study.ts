import { join } from 'node:path';
import { UsageError } from '../src/core/errors.ts';
import { metricNames } from '../src/run/log/metric.ts';
import { preparePictures } from './prepare-pictures.ts';
import {
  configOf,
  figuresIn,
  isBegun,
  type RunFigures,
  type RunPlace,
  stepsIn,
  trainRun,
} from './run-folder.ts';
import type { Study, Variant } from './study.ts';

export interface StudyOptions {
  /** Folder of all studies: pictures in `data/`, runs in `STUDY/VARIANT/seed-N/`. */
  readonly out: string;
  readonly seeds: readonly number[];
  /** Updates of each run, by default those of the study. */
  readonly steps?: number;
  /** Resumes the runs in the folder; finished runs are kept. */
  readonly resume?: boolean;
  /** Called after every step and before every validated picture of a run; true saves the run and ends the study. */
  readonly shouldStop?: () => boolean;
  /** Called with lines of text that report the progress. */
  readonly onNote?: (line: string) => void;
}

/** The result of one run. */
export interface Outcome {
  readonly variant: Variant;
  readonly seed: number;
  /** Updates of the run; null if it was not started. */
  readonly steps: number | null;
  /** Null if the run is not finished. */
  readonly figures: RunFigures | null;
}

/**
 * Trains every variant with every seed, seed by seed, so that an interrupted study has complete rows to compare.
 * @returns The outcome of every run, finished or not.
 * @throws UsageError if the folder already holds runs and `resume` is not set.
 */
export async function runStudy(study: Study, options: StudyOptions): Promise<Outcome[]> {
  const places = placesOf(study, options);
  if (!options.resume && places.some(isBegun)) {
    throw new UsageError(
      `${join(options.out, study.name)} already contains runs; add --resume, or choose another --out`,
    );
  }
  const { onNote, shouldStop } = options;
  onNote?.(`pictures: ${study.pictures.name}`);
  const sets = await preparePictures(study.pictures, join(options.out, 'data', study.pictures.name));
  for (const [i, place] of places.entries()) {
    const name = `${i + 1}/${places.length} ${place.variant.name}, seed ${place.seed}`;
    onNote?.(name);
    const figures = await trainRun(place, configOf(place, sets, options.steps), {
      ...(shouldStop ? { shouldStop } : {}),
      onNote: (line) => onNote?.(`${name}: ${line}`),
      onMetrics: ({ step, values }) => {
        const loss = values[metricNames.totalLoss];
        if (loss !== undefined && (step + 1) % 50 === 0)
          onNote?.(`${name}: step ${step + 1}, loss ${loss.toFixed(3)}`);
      },
    });
    if (figures === null) break;
  }
  return outcomesOf(study, options);
}

/** The outcomes of a study as far as its folder holds them. */
export function outcomesOf(study: Study, options: Pick<StudyOptions, 'out' | 'seeds'>): Promise<Outcome[]> {
  return Promise.all(
    placesOf(study, options).map(async (place) => {
      const { variant, seed } = place;
      return { variant, seed, steps: await stepsIn(place), figures: await figuresIn(place) };
    }),
  );
}

function placesOf(study: Study, { out, seeds }: Pick<StudyOptions, 'out' | 'seeds'>): RunPlace[] {
  return seeds.flatMap((seed) => study.variants.map((variant) => ({ study, variant, seed, out })));
}
