import { classCount, type ModelConfig } from '../config/schema.ts';
import type { Random } from '../core/random.ts';
import { type Float32Tensor, float32Tensor, type Tensor } from '../core/tensor.ts';
import type { Batch } from '../data/batch.ts';
import { gradientName } from '../graph/autodiff/names.ts';
import { roiLevels } from '../model/fpn.ts';
import { roiTargets } from '../model/targets-roi.ts';
import { lossNames } from '../model/training-graphs.ts';
import { type TrainingNetwork, weightGradients } from './network.ts';
import { boxFeeds, maskFeeds } from './roi-feeds.ts';
import { proposalsOf, rpnFeeds, rpnOutputs } from './rpn-feeds.ts';

/** What one batch says of the weights. */
export interface StepResult {
  /** torchvision's five losses (four without masks) by name. */
  readonly losses: Readonly<Record<string, number>>;
  /** Of the sum of the losses, by weight. */
  readonly gradients: Map<string, Float32Array>;
}

export interface StepContext {
  readonly config: ModelConfig;
  readonly trainable: ReadonlySet<string>;
  /** Chooses anchors, then RoIs. */
  readonly random: Random;
}

/** The mask branch doubles the resolution of its features. */
const maskUpsampling = 2;

/**
 * Losses and gradients of a batch: L = L_rpn + L_fast_rcnn + L_mask (He et al. 2017, section 3). Backbone and RPN run
 * forward; the host proposes, matches and samples; the heads run forward and backward; their gradients by the pyramid
 * join those of the RPN in the way back through the backbone. The weights are not changed.
 */
export async function runStep(
  network: TrainingNetwork,
  batch: Batch,
  { config, trainable, random }: StepContext,
): Promise<StepResult> {
  const forward = await network.forward.run({ image: batch.images });
  const levels = rpnOutputs(forward);
  const rpn = rpnFeeds(levels, batch, config.rpn, random);
  const proposals = proposalsOf(levels, batch, config.rpn);
  const targets = batch.truths.map((truth, n) => roiTargets(proposals[n], truth, config.box, random));

  const boxes = await network.boxes.run({ ...forward, ...boxFeeds(targets, classCount(config)) });
  const heads = [boxes];
  if (network.masks && config.mask) {
    const resolution = config.mask.pool.resolution * maskUpsampling;
    heads.push(await network.masks.run({ ...forward, ...maskFeeds(targets, batch, resolution) }));
  }
  const backward = await network.backward.run({
    ...forward,
    image: batch.images,
    ...rpn,
    ...pyramidGradients(heads),
  });
  const outputs = [backward, ...heads];
  return {
    losses: lossesOf(outputs),
    gradients: new Map(outputs.flatMap((each) => [...weightGradients(each, trainable)])),
  };
}

/** The heads share the pyramid, so their gradients by it add up. */
function pyramidGradients(heads: readonly Record<string, Tensor>[]): Record<string, Float32Tensor> {
  const gradients: Record<string, Float32Tensor> = {};
  for (const name of roiLevels.map(gradientName)) {
    const [first, ...others] = heads.map((head) => head[name] as Float32Tensor);
    for (const { data } of others) for (let i = 0; i < data.length; i++) first.data[i] += data[i];
    gradients[name] = float32Tensor(first.shape, first.data);
  }
  return gradients;
}

function lossesOf(outputs: readonly Record<string, Tensor>[]): Record<string, number> {
  const losses: Record<string, number> = {};
  for (const name of Object.values(lossNames).flat()) {
    const output = outputs.find((each) => name in each);
    if (output) losses[name] = Number(output[name].data[0]);
  }
  return losses;
}
