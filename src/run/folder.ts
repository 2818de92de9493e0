/**
 * The folder of a training run: the names of its files, and the format of those that other programs read while the run
 * is in progress. The server and the page use it too, so it imports nothing.
 */

export const runFiles = {
  /** Everything needed to resume the run. */
  checkpoint: 'checkpoint.safetensors',
  /** The model with the best validation result; without validation, the final model. */
  best: 'best.safetensors',
  /** The final model; absent until the run has finished. */
  last: 'last.safetensors',
  /** The parts of the data set that `train --val-split` made. */
  trainingData: 'train.json',
  validationData: 'val.json',
  /** See `RunPlan`. */
  plan: 'run.json',
  /** One `MetricsLine` per step and per validation. */
  metrics: 'metrics.jsonl',
  /** Loss, validation, learning-rate and speed curves. */
  report: 'training.html',
  /** Names the process that trains in the folder, as long as it does. */
  lock: 'training.lock',
} as const;

/** TensorBoard event files start with this prefix; a resumed run adds another file. */
export const eventFilePrefix = 'events.out.tfevents.';

/** The extent of a run, as stored in `run.json`. */
export interface RunPlan {
  /** Total number of optimizer updates. */
  readonly steps: number;
  /** Images per update. */
  readonly picturesPerStep: number;
  /** Usable images in the data set. */
  readonly pictures: number;
}

/**
 * Parses the contents of `run.json`.
 * @returns Null if the text is not a plan, for example because it is still being written.
 */
export function parseRunPlan(text: string): RunPlan | null {
  try {
    const { steps, picturesPerStep, pictures } = JSON.parse(text) as Record<string, unknown>;
    if (typeof steps !== 'number' || typeof picturesPerStep !== 'number' || typeof pictures !== 'number')
      return null;
    return { steps, picturesPerStep, pictures };
  } catch {
    return null;
  }
}

/**
 * One line of `metrics.jsonl`: the step, counted from 0, and named values, such as
 * `{"step": 7, "loss/mask": 0.31, "learningRate": 0.02}`.
 */
export type MetricsLine = Readonly<Record<string, number>> & { readonly step: number };

/**
 * Parses the contents of `metrics.jsonl`, or any part of it that starts at a line. Lines without a step are skipped, such
 * as one cut off when a run was killed; so are values that are not numbers.
 */
export function parseMetricsLines(text: string): MetricsLine[] {
  return text.split('\n').flatMap(parseMetricsLine);
}

function parseMetricsLine(line: string): MetricsLine[] {
  try {
    const { step, ...rest } = JSON.parse(line) as Record<string, unknown>;
    if (!Number.isSafeInteger(step) || (step as number) < 0) return [];
    const values = Object.entries(rest).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    return [{ step: step as number, ...Object.fromEntries(values) }];
  } catch {
    return [];
  }
}
