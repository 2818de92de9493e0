import { join } from 'node:path';
import { UsageError } from '../src/core/errors.ts';
import { preparePictures } from './picture-set.ts';
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
  /** Updates of each run; left out: as the study says. */
  readonly steps?: number;
  /** Goes on with what the folder holds; runs that are finished are kept. */
  readonly resume?: boolean;
  /** Is asked after every step of a run: true saves it and ends the study. */
  readonly shouldStop?: () => boolean;
  /** Is told what is going on: lines of text. */
  readonly onNote?: (line: string) => void;
}

/** What one run brought. */
export interface Outcome {
  readonly variant: Variant;
  readonly seed: number;
  /** Updates of the run; null where it was not begun. */
  readonly steps: number | null;
  /** Null where the run is not finished. */
  readonly figures: RunFigures | null;
}

/**
 * Trains every variant with every seed, seed by seed, so that a study that is stopped has whole rows to compare.
 * @returns Of every run, also those that were not finished.
 * @throws UsageError where there are runs in the folder already and `resume` was not asked for.
 */
export async function runStudy(study: Study, options: StudyOptions): Promise<Outcome[]> {
  const places = placesOf(study, options);
  if (!options.resume && places.some(isBegun)) {
    throw new UsageError(
      `${join(options.out, study.name)} holds runs already; add --resume, or change --out`,
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
        const loss = values['loss/total'];
        if (loss !== undefined && (step + 1) % 50 === 0)
          onNote?.(`${name}: step ${step + 1}, loss ${loss.toFixed(3)}`);
      },
    });
    if (figures === null) break;
  }
  return outcomesOf(study, options);
}

/** What the folder holds of a study. */
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
