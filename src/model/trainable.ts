import type { ModelConfig, NormConfig } from '../config/schema.ts';
import type { SemanticConfig } from '../config/semantic.ts';
import { stagesOf } from './backbone.ts';
import { isWithin, scopes, semanticScopes } from './weight-names.ts';

/**
 * The weights that a run changes (torchvision `_resnet_fpn_extractor`): those of the last stages of the backbone and of
 * all other parts, except running statistics and frozen norms.
 * @param names Names of all weights of the model.
 * @param trainableStages 0…5; 5 includes the stem with its norm.
 */
export function trainableWeights(
  names: Iterable<string>,
  config: ModelConfig,
  trainableStages: number,
): Set<string> {
  const isFrozen = (name: string) => isFrozenNorm(name, config);
  return learningWeights(names, {
    scope: scopes.backbone,
    backbone: config.backbone,
    trainableStages,
    isFrozen,
  });
}

/** The same for FCN. */
export function trainableSemanticWeights(
  names: Iterable<string>,
  config: SemanticConfig,
  trainableStages: number,
): Set<string> {
  const isFrozen = (name: string) => isFrozenSemanticNorm(name, config);
  return learningWeights(names, {
    scope: semanticScopes.backbone,
    backbone: config.backbone,
    trainableStages,
    isFrozen,
  });
}

interface LearningOptions {
  /** Prefix of the names of the backbone's weights. */
  readonly scope: string;
  readonly backbone: ModelConfig['backbone'];
  readonly trainableStages: number;
  /** Whether a norm is frozen, by the name of any of its tensors. */
  readonly isFrozen: (name: string) => boolean;
}

function learningWeights(
  names: Iterable<string>,
  { scope, backbone, trainableStages, isFrozen }: LearningOptions,
): Set<string> {
  const all = [...names];
  // A layer with running statistics is a norm.
  const norms = new Set(all.filter((name) => name.endsWith('.running_var')).map(scopeOf));
  return new Set(
    all.filter((name) => {
      if (/\.(running_mean|running_var|num_batches_tracked)$/.test(name)) return false;
      if (norms.has(scopeOf(name)) && isFrozen(name)) return false;
      return (
        !isWithin(name, scope) || isTrainedStage(name.slice(scope.length + 1), backbone, trainableStages)
      );
    }),
  );
}

function scopeOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

function isTrainedStage(name: string, backbone: ModelConfig['backbone'], trainableStages: number): boolean {
  const trained = stagesOf(backbone).slice(0, trainableStages).flat();
  return trained.some((stage) => isWithin(name, stage));
}

/** Whether the configuration freezes a norm. @param name The name of any of its tensors. */
export function isFrozenNorm(name: string, { backbone, fpn, box, mask }: ModelConfig): boolean {
  const parts: [string, NormConfig | undefined][] = [
    [scopes.backbone, backbone.norm],
    [scopes.fpn, fpn.norm],
    [scopes.boxHead, box.head.norm],
    [scopes.maskHead, mask?.norm],
  ];
  return parts.some(([scope, norm]) => isWithin(name, scope) && norm?.kind === 'frozenBatchNorm');
}

/** The same for FCN, whose heads have norms that are trained. */
export function isFrozenSemanticNorm(name: string, { backbone }: SemanticConfig): boolean {
  return isWithin(name, semanticScopes.backbone) && backbone.norm.kind === 'frozenBatchNorm';
}
