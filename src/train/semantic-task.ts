import type { SemanticConfig } from '../config/semantic.ts';
import { gradientGraph } from '../graph/autodiff/gradient-graph.ts';
import { semanticTrainingGraph } from '../model/fcn.ts';
import { isFrozenSemanticNorm, trainableSemanticWeights } from '../model/trainable.ts';
import { compilePart, inTrainingForm, lossNames, trainedWeights } from './part.ts';
import { semanticFeeds } from './semantic-feeds.ts';
import { stepResult } from './step-result.ts';
import type { TaskSpec, TrainingTask } from './task.ts';

/**
 * The network itself needs multiples of 8 (`semanticStride`). Batch norm in training takes its statistics over the
 * padding too, so a smaller divisor would change the weights that a run ends with.
 */
const trainingDivisor = 32;

/** Training of FCN. The class of every pixel is given, so a step is one run of one graph, without random sampling. */
export function semanticTask(spec: TaskSpec & { readonly config: SemanticConfig }): TrainingTask {
  const { config, trainableStages } = spec;
  return {
    spec,
    preprocess: config.preprocess,
    sizeDivisor: trainingDivisor,
    mirrored: null,
    trainable: (names) => trainableSemanticWeights(names, config, trainableStages),
    async compile(weights, options) {
      const graph = inTrainingForm(semanticTrainingGraph(config, options.batchSize), (runningMean) =>
        isFrozenSemanticNorm(runningMean, config),
      );
      const losses = lossNames(graph);
      const wrt = trainedWeights(graph, options.trainable);
      const step = await compilePart(gradientGraph(graph, { losses, wrt }), weights, options);
      return {
        async run(batch) {
          const truth = semanticFeeds(batch, config.categories.length);
          const outputs = await step.run({ image: batch.images, ...truth });
          return stepResult(outputs, losses, options.trainable);
        },
        release: () => step.release(),
      };
    },
  };
}
