import { classCount, type ModelConfig } from '../config/schema.ts';
import type { Random } from '../core/random.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Batch } from '../data/batch.ts';
import { heatMapSide } from '../model/keypoint-head.ts';
import { levelsOf, maskSide } from '../model/structure.ts';
import { roiTargets } from '../model/targets-roi.ts';
import { type TrainingNetwork, weightGradients } from './network.ts';
import { boxFeeds, keypointFeeds, maskFeeds } from './roi-feeds.ts';
import { proposalsOf, rpnFeeds, rpnOutputs } from './rpn-feeds.ts';

/** What one batch says of the weights. */
export interface StepResult {
  /** torchvision's losses by name: four, and one for each of the mask and the keypoint branch. */
  readonly losses: Readonly<Record<string, number>>;
  /** Of the sum of the losses, by weight. */
  readonly gradients: Map<string, Float32Array>;
  /** Mean and variance of the batch, by the name of the running statistic; empty where norms are frozen. */
  readonly statistics: Map<string, Float32Array>;
}

export interface StepContext {
  readonly config: ModelConfig;
  readonly trainable: ReadonlySet<string>;
  /** Chooses anchors, then RoIs. */
  readonly random: Random;
}

/**
 * Losses and gradients of a batch: L = L_rpn + L_fast_rcnn + L_mask (He et al. 2017, section 3). Backbone and RPN run
 * forward; the host proposes, matches and samples; the heads run forward, and everything backward. The weights are not
 * changed.
 */
export async function runStep(
  network: TrainingNetwork,
  batch: Batch,
  { config, trainable, random }: StepContext,
): Promise<StepResult> {
  const forward = await network.forward.run({ image: batch.images });
  const levels = levelsOf(config);
  const answers = rpnOutputs(forward, levels);
  const rpn = rpnFeeds(answers, batch, config, random);
  const proposals = proposalsOf(answers, batch, config.rpn);
  const targets = batch.truths.map((truth, n) => roiTargets(proposals[n], truth, config.box, random));

  const { mask, keypoint } = config;
  const roiFeeds = {
    ...boxFeeds(targets, classCount(config), levels),
    ...(mask ? maskFeeds(targets, batch, { resolution: maskSide({ ...config, mask }), levels }) : {}),
    ...(keypoint
      ? keypointFeeds(targets, batch, { joints: keypoint.names.length, side: heatMapSide(keypoint), levels })
      : {}),
  };
  const backward = await network.backward.run({ ...forward, image: batch.images, ...rpn, ...roiFeeds });
  const outputs = { ...forward, ...backward };
  return {
    losses: lossesOf(outputs),
    gradients: weightGradients(outputs, trainable),
    statistics: batchStatistics(outputs),
  };
}

/** The losses by torchvision's names, in the order of the stages. */
function lossesOf(outputs: Readonly<Record<string, Tensor>>): Record<string, number> {
  const names = [
    'loss_objectness',
    'loss_rpn_box_reg',
    'loss_classifier',
    'loss_box_reg',
    'loss_mask',
    'loss_keypoint',
  ];
  const present = names.filter((name) => name in outputs);
  return Object.fromEntries(present.map((name) => [name, Number(outputs[name].data[0])]));
}

function batchStatistics(outputs: Readonly<Record<string, Tensor>>): Map<string, Float32Array> {
  const statistics = new Map<string, Float32Array>();
  for (const [output, { data }] of Object.entries(outputs)) {
    const name = /^batch\((.+)\)$/.exec(output)?.[1];
    if (name !== undefined) statistics.set(name, data as Float32Array);
  }
  return statistics;
}
