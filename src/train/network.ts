import type { ModelConfig } from '../config/schema.ts';
import { vjp } from '../graph/autodiff/vjp.ts';
import { isFrozenNorm } from '../model/trainable.ts';
import { trainingStepGraph } from '../model/training-graphs.ts';
import {
  type CompileOptions,
  compilePart,
  inTrainingForm,
  lossNames,
  type ModelWeights,
  type Part,
  trainedWeights,
} from './part.ts';

/** A detector compiled for training. */
export interface TrainingNetwork {
  /** `image` → RPN outputs and the inputs of `backward`: pyramid and residuals. */
  readonly forward: Part;
  /** The outputs of `forward`, sampled anchors, RoIs and their targets → losses and gradients of weights. */
  readonly backward: Part;
  release(): Promise<void>;
}

/** Differentiates and compiles the graph of a detector's training step. */
export async function compileNetwork(
  config: ModelConfig,
  weights: ModelWeights,
  options: CompileOptions,
): Promise<TrainingNetwork> {
  const { batchSize, partial = false } = options;
  const { step, targets } = trainingStepGraph(config, {
    partial,
    ...(batchSize === undefined ? {} : { pictures: batchSize }),
  });
  const graph = inTrainingForm(step, (runningMean) => isFrozenNorm(runningMean, config));
  const halves = vjp(graph, {
    outputs: [],
    losses: lossNames(graph),
    late: targets,
    wrt: trainedWeights(graph, options.trainable),
  });
  // The host reads the outputs of the step alone; the others may stay where they are until the next step.
  const kept = halves.residuals.filter(
    (name) => !graph.outputs.has(name) && halves.forward.outputs.get(name)?.dtype === 'float32',
  );
  const forward = await compilePart(halves.forward, weights, {
    ...options,
    session: { ...options.session, kept },
  });
  const backward = await compilePart(halves.backward, weights, options);
  return {
    forward,
    backward,
    release: async () => {
      await forward.release();
      await backward.release();
    },
  };
}
