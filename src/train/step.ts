import { classCount, type ModelConfig } from '../config/schema.ts';
import type { Random } from '../core/random.ts';
import type { Batch } from '../data/load/batch.ts';
import { heatMapSide } from '../model/keypoint-head.ts';
import { rpnOutputs } from '../model/proposals.ts';
import { levelsOf, maskSide } from '../model/structure.ts';
import { roiTargets } from '../model/targets-roi.ts';
import { releaseFromDevice } from '../runtime/device-tensor.ts';
import type { TrainingNetwork } from './network.ts';
import { boxFeeds, keypointFeeds, maskFeeds } from './roi-feeds.ts';
import { proposalsOf, rpnFeeds } from './rpn-feeds.ts';
import { type StepResult, stepResult } from './step-result.ts';

/** torchvision's losses, in stage order: four, plus one each for the mask and the keypoint branch. */
const losses = [
  'loss_objectness',
  'loss_rpn_box_reg',
  'loss_classifier',
  'loss_box_reg',
  'loss_mask',
  'loss_keypoint',
];

export interface StepContext {
  readonly config: ModelConfig;
  readonly trainable: ReadonlySet<string>;
  /** As the network was compiled; see `StepGraphOptions`. Default: false. */
  readonly partial?: boolean;
  /** Samples anchors, then RoIs. */
  readonly random: Random;
}

/**
 * Losses and gradients of a batch: L = L_rpn + L_fast_rcnn + L_mask (He et al. 2017, section 3). Backbone and
 * RPN run forward; the host proposes, matches and samples; then the heads run forward, and everything runs
 * backward. The weights are not changed.
 */
export async function runStep(
  network: TrainingNetwork,
  batch: Batch,
  { config, trainable, partial = false, random }: StepContext,
): Promise<StepResult> {
  const forward = await network.forward.run({ image: batch.images });
  const levels = levelsOf(config);
  const answers = rpnOutputs(forward, levels);
  const rpn = rpnFeeds(answers, batch, config, random);
  const proposals = proposalsOf(answers, batch, config.rpn);
  const targets = batch.truths.map((truth, n) => roiTargets(proposals[n], truth, config.box, random));

  const { mask, keypoint } = config;
  const roiFeeds = {
    ...boxFeeds(targets, batch, { classes: classCount(config), levels, partial }),
    ...(mask ? maskFeeds(targets, batch, { resolution: maskSide({ ...config, mask }), levels }) : {}),
    ...(keypoint
      ? keypointFeeds(targets, batch, { joints: keypoint.names.length, side: heatMapSide(keypoint), levels })
      : {}),
  };
  const backward = await network.backward.run({ ...forward, image: batch.images, ...rpn, ...roiFeeds });
  releaseFromDevice(forward);
  return stepResult({ ...forward, ...backward }, losses, trainable);
}
