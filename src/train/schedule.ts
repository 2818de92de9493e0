import type { ScheduleConfig } from '../config/training.ts';

/**
 * The learning rate factor of a step: a pure function, so that a resumed run needs no state for it. Warm-up
 * rises linearly from `warmUpFactor` (Goyal et al. 2017; torch `LinearLR`); then `multiStep` multiplies by
 * gamma at each milestone (torch `MultiStepLR`), `cosine` falls to `finalFactor` (Loshchilov and Hutter 2017;
 * torch `CosineAnnealingLR`), `constant` stays.
 * @param step Counted from 0.
 * @param totalSteps Length of the run.
 */
export function learningRateFactor(config: ScheduleConfig, step: number, totalSteps: number): number {
  const warmUpSteps = Math.min(config.warmUpSteps, Math.floor(totalSteps / 2));
  const warmUp = step < warmUpSteps ? mix(config.warmUpFactor, 1, step / warmUpSteps) : 1;
  switch (config.kind) {
    case 'constant':
      return warmUp;
    case 'multiStep': {
      const passed = config.milestones.filter((milestone) => step >= Math.round(milestone * totalSteps));
      return warmUp * config.gamma ** passed.length;
    }
    case 'cosine': {
      if (step < warmUpSteps) return warmUp;
      const progress = (step - warmUpSteps) / (totalSteps - warmUpSteps);
      return mix(config.finalFactor, 1, (1 + Math.cos(Math.PI * progress)) / 2);
    }
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
