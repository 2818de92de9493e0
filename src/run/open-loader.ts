import type { TrainingConfig } from '../config/training.ts';
import type { MaskRcnnError } from '../core/errors.ts';
import { createLoader, type Loader } from '../data/load/loader.ts';
import type { PictureRecord } from '../data/sample/sample.ts';
import type { TrainerOptions } from '../train/trainer.ts';

/** Opens the loader of a run. Its threads keep the process alive until they are closed. */
export function openLoader(
  {
    records,
    training,
    task,
  }: Pick<TrainerOptions, 'task'> & { training: TrainingConfig; records: readonly PictureRecord[] },
  onBadPicture?: (error: MaskRcnnError) => void,
): Loader {
  return createLoader(records, {
    ...training,
    preprocess: task.preprocess,
    sizeDivisor: task.sizeDivisor,
    mirrored: task.mirrored,
    ...(onBadPicture ? { onBadPicture } : {}),
  });
}
