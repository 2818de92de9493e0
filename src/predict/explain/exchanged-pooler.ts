import type { ModelConfig } from '../../config/schema.ts';
import { UsageError } from '../../core/errors.ts';
import type { PoolerName } from '../../explanation/model.ts';
import { poolers } from './poolers.ts';

/** What an explainer may change about a model; the weights remain the same. */
export interface PoolerChoice {
  /**
   * Pools the RoIs of all branches by this method instead of the model's own, for comparison: `roiPool` on a model that was
   * trained with `roiAlign` shows what quantisation does to its boxes and masks (He et al. 2017, Table 2c). Default: the
   * model's own.
   */
  pooler?: PoolerName | undefined;
}

/**
 * A configuration whose branches pool by another method, with the same resolutions. The pooling layers have no weights,
 * so those of the model fit.
 * @param pooler Undefined: the configuration as it is.
 * @throws UsageError if there is no such method.
 */
export function withPooler(config: ModelConfig, pooler: PoolerName | undefined): ModelConfig {
  if (pooler === undefined) return config;
  if (!Object.hasOwn(poolers, pooler)) {
    throw new UsageError(`pooler: expected one of ${Object.keys(poolers).join(', ')}, got ${String(pooler)}`);
  }
  const { box, mask, keypoint } = config;
  const exchanged = <Branch extends { pool: { kind: PoolerName } }>(branch: Branch): Branch => ({
    ...branch,
    pool: { ...branch.pool, kind: pooler },
  });
  return {
    ...config,
    box: { ...box, head: exchanged(box.head) },
    mask: mask && exchanged(mask),
    keypoint: keypoint && exchanged(keypoint),
  };
}
