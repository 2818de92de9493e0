import { detectorTask } from './detector-task.ts';
import { semanticTask } from './semantic-task.ts';
import type { TaskSpec, TrainingTask } from './task.ts';

/** The task that a specification describes. Only FCN's configuration says whether there is an auxiliary head. */
export function makeTask({ config, trainableStages }: TaskSpec): TrainingTask {
  return 'auxiliary' in config
    ? semanticTask(config, trainableStages)
    : detectorTask(config, trainableStages);
}
