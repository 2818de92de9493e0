/** Each picture of a data set is shown this many times … */
const showsPerPicture = 60;
/** … but no more than this many pictures are shown in total, unless that is fewer than … */
const maxShows = 6000;
/** … this many times for each. */
const minShowsPerPicture = 12;

/** The number of updates that suits a data set. */
export function usualSteps(pictures: number, picturesPerStep: number): number {
  const shown = Math.max(minShowsPerPicture * pictures, Math.min(showsPerPicture * pictures, maxShows));
  return Math.ceil(shown / picturesPerStep);
}

export interface TimedRun {
  /** Pictures to train on. */
  readonly pictures: number;
  readonly picturesPerStep: number;
  readonly minutes: number;
  readonly secondsPerStep: number;
  /** Pictures to validate on. */
  readonly validationPictures: number;
  /** Steps between validations; null: chosen. */
  readonly validateEvery: number | null;
}

export interface RunLength {
  readonly steps: number;
  readonly validateEvery: number;
  /** Minutes that the usual number of steps would take, if it is more than `steps`. */
  readonly usualMinutes: number | null;
}

/** Validations of a run, unless they take more than this fraction of it. */
const mostValidations = 10;
const validationShare = 1 / 6;
/** The time to predict a picture as a fraction of the time to train on it: measured, 0.3 to 0.4. */
const predictionCost = 0.4;

/** The number of updates that suits a data set, as far as the time allows, with its validations. */
export function lengthWithin(run: TimedRun): RunLength {
  const { pictures, picturesPerStep, secondsPerStep } = run;
  const seconds = run.minutes * 60;
  const usual = usualSteps(pictures, picturesPerStep);
  const validation = (run.validationPictures * predictionCost * secondsPerStep) / picturesPerStep;
  const validations = clamp(Math.floor((validationShare * seconds) / validation), 1, mostValidations);
  const stepsIn = (time: number) =>
    run.validateEvery === null
      ? (time - validations * validation) / secondsPerStep
      : time / (secondsPerStep + validation / run.validateEvery);
  const steps = clamp(Math.floor(stepsIn(seconds)), 1, usual);
  return {
    steps,
    validateEvery: run.validateEvery ?? Math.ceil(steps / validations),
    usualMinutes: steps < usual ? Math.ceil((run.minutes * usual) / steps) : null,
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
