import type { ModelConfig, NormConfig } from '../config/schema.ts';
import { stagesOf } from './backbone.ts';

const body = 'backbone.body.';

/**
 * Which weights a run changes (torchvision `_resnet_fpn_extractor`): the last stages of the backbone, and all
 * else but running statistics and frozen norms.
 * @param names Names of all weights of the model.
 * @param trainableStages 0…5; 5 includes the stem with its norm.
 */
export function trainableWeights(
  names: Iterable<string>,
  config: ModelConfig,
  trainableStages: number,
): Set<string> {
  const all = [...names];
  // A layer with running statistics is a norm.
  const norms = new Set(all.filter((name) => name.endsWith('.running_var')).map(scopeOf));
  return new Set(
    all.filter((name) => {
      const scope = scopeOf(name);
      if (/\.(running_mean|running_var|num_batches_tracked)$/.test(name)) return false;
      if (norms.has(scope) && isFrozenNorm(name, config)) return false;
      return (
        !name.startsWith(body) || isTrainedStage(name.slice(body.length), config.backbone, trainableStages)
      );
    }),
  );
}

function scopeOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

function isTrainedStage(name: string, backbone: ModelConfig['backbone'], trainableStages: number): boolean {
  const trained = stagesOf(backbone).slice(0, trainableStages).flat();
  return trained.some((scope) => name.startsWith(`${scope}.`));
}

/** Whether the configuration freezes a norm; @param name Of any of its tensors. */
export function isFrozenNorm(name: string, { backbone, fpn, box, mask }: ModelConfig): boolean {
  const parts: [string, NormConfig | undefined][] = [
    [body, backbone.norm],
    ['backbone.fpn.', fpn.norm],
    ['roi_heads.box_head.', box.head.norm],
    ['roi_heads.mask_head.', mask?.norm],
  ];
  return parts.some(([prefix, norm]) => name.startsWith(prefix) && norm?.kind === 'frozenBatchNorm');
}
