import { availableParallelism } from 'node:os';
import type { PlannedTraining, TrainingConfig } from '../config/training.ts';
import { plural } from '../core/plural.ts';
import type { TrainingState } from '../train/checkpoint.ts';
import type { LoopOptions } from './loop.ts';
import { measurePace } from './measure-pace.ts';
import { replicaCount } from './replica-count.ts';
import { lengthWithin, usualSteps } from './run-length.ts';

export interface PlanInputs extends Pick<LoopOptions, 'task' | 'runtime' | 'records' | 'shouldStop'> {
  readonly state: TrainingState;
  readonly validationPictures: number;
}

/**
 * Decides what a run's configuration leaves open: how many steps, how many replicas. Where the time is limited, it
 * first measures how fast this machine trains.
 * @param onNote Called with each line intended for the user.
 */
export async function planTraining(
  training: TrainingConfig,
  inputs: PlanInputs,
  onNote: (line: string) => void = () => {},
): Promise<PlannedTraining> {
  const { task, runtime, records, state } = inputs;
  const { batchSize, accumulate, minutes, validateEvery } = training;
  const picturesPerStep = batchSize * accumulate;
  const steps = training.steps ?? usualSteps(records.length, picturesPerStep);
  const cores = training.threads === null ? availableParallelism() : 1;
  // A device is shared best by one copy; the weights are the same.
  const replicas = runtime.isDevice
    ? 1
    : (training.replicas ?? replicaCount(training, task.preprocess, cores));
  const planned = { ...training, steps, replicas };
  // A run of version 0.1.0 that is resumed had no limit.
  if (training.steps !== null || minutes === null || state.step > 0) return planned;

  onNote('measuring how fast this machine trains');
  const secondsPerStep = await measurePace(state, { ...inputs, training: planned });
  const { validationPictures } = inputs;
  const timed = { pictures: records.length, picturesPerStep, minutes, secondsPerStep };
  const length = lengthWithin({ ...timed, validationPictures, validateEvery });
  if (length.usualMinutes !== null) {
    const shows = (length.steps * picturesPerStep) / records.length;
    onNote(
      `the limit of ${minutes} min allows ${plural(length.steps, 'step')}, so that each picture is shown ${describeShows(shows)}; ` +
        `--minutes ${length.usualMinutes} allows the ${steps} that suit a data set of this size`,
    );
  }
  return { ...planned, steps: length.steps, validateEvery: length.validateEvery };
}

function describeShows(shows: number): string {
  return shows < 10 ? `${shows.toFixed(1)} times` : `${Math.round(shows)} times`;
}
