import { detectorTask } from './detector-task.ts';
import { semanticTask } from './semantic-task.ts';
import type { TaskSpec, TrainingTask } from './task.ts';

/** The task that a specification describes. */
export function makeTask({ config, ...spec }: TaskSpec): TrainingTask {
  return config.kind === 'fcn' ? semanticTask({ config, ...spec }) : detectorTask({ config, ...spec });
}
