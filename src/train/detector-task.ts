import { mirroredJoints } from '../config/mirrored-joints.ts';
import type { ModelConfig } from '../config/schema.ts';
import { seededRandom } from '../core/random.ts';
import { backboneStride } from '../model/backbone.ts';
import { trainableWeights } from '../model/trainable.ts';
import { compileNetwork } from './network.ts';
import { runStep } from './step.ts';
import type { TaskSpec, TrainingTask } from './task.ts';

/** Training of Mask R-CNN and its family. */
export function detectorTask(spec: TaskSpec & { readonly config: ModelConfig }): TrainingTask {
  const { config, trainableStages, partial } = spec;
  return {
    spec,
    preprocess: config.preprocess,
    sizeDivisor: backboneStride,
    mirrored: config.keypoint && mirroredJoints(config.keypoint),
    trainable: (names) => trainableWeights(names, config, trainableStages),
    async compile(weights, options) {
      const network = await compileNetwork(config, weights, { ...options, partial });
      const { trainable } = options;
      return {
        run: (batch, seed) =>
          runStep(network, batch, { config, trainable, partial, random: seededRandom(seed) }),
        release: () => network.release(),
      };
    },
  };
}
