import { defaultEps, type NormConfig } from '../../config/schema.ts';
import type { KeyShapes } from './key-shapes.ts';

/**
 * The normalisation whose parameters have this prefix; `none` where there are none. Group norm has no running
 * statistics, and its weights do not show the number of groups. Batch norm that was trained with the model has counted
 * its batches; frozen batch norm has not.
 */
export function normAt(keys: KeyShapes, prefix: string): NormConfig {
  if (!keys.hasPrefix(`${prefix}.`)) return { kind: 'none', eps: defaultEps };
  if (!keys.has(`${prefix}.running_var`)) return { kind: 'groupNorm', eps: defaultEps };
  const isTrained = keys.has(`${prefix}.num_batches_tracked`);
  return { kind: isTrained ? 'batchNorm' : 'frozenBatchNorm', eps: defaultEps };
}
