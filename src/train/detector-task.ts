import { mirroredJoints } from '../config/mirrored-joints.ts';
import type { ModelConfig } from '../config/schema.ts';
import { seededRandom } from '../core/random.ts';
import { backboneStride } from '../model/backbone.ts';
import { trainableWeights } from '../model/trainable.ts';
import { compileNetwork } from './network.ts';
import { runStep } from './step.ts';
import type { TrainingTask } from './task.ts';

/**
 * Training of Mask R-CNN and its family.
 * @param trainableStages Stages of the backbone that are trained, 0…5.
 */
export function detectorTask(config: ModelConfig, trainableStages: number): TrainingTask {
  return {
    spec: { config, trainableStages },
    preprocess: config.preprocess,
    sizeDivisor: backboneStride,
    mirrored: config.keypoint && mirroredJoints(config.keypoint),
    trainable: (names) => trainableWeights(names, config, trainableStages),
    async compile(weights, options) {
      const network = await compileNetwork(config, weights, options);
      const { trainable } = options;
      return {
        run: (batch, seed) => runStep(network, batch, { config, trainable, random: seededRandom(seed) }),
        release: () => network.release(),
      };
    },
  };
}
