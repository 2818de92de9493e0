import type { RoiPoolConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { fpnStrides, roiLevels } from './fpn.ts';

/**
 * Names of the inputs that say which RoIs a level pools; `ops/level-assignment.ts` fills them.
 * @param prefix Tells the RoIs of one branch from another's where a graph has both.
 */
export function roiInputNames(
  level: (typeof roiLevels)[number],
  prefix = '',
): { boxes: string; batchIndex: string } {
  return { boxes: `${prefix}boxes_${level}`, batchIndex: `${prefix}batch_index_${level}` };
}

/**
 * RoIAlign over the pyramid (He et al. 2017, section 3; Lin et al. 2017 for the levels): every level pools
 * the RoIs that were assigned to it.
 * @param features `[N, C, h, w]` of P2…P5.
 * @returns `[R, C, resolution, resolution]`, the RoIs of P2 first, then those of P3, P4 and P5.
 */
export function roiFeatures(
  g: GraphBuilder,
  features: Record<(typeof roiLevels)[number], Value>,
  pool: RoiPoolConfig,
  prefix = '',
): Value {
  const pooled = roiLevels.map((level) => {
    const names = roiInputNames(level, prefix);
    const count = symbol(`${prefix}rois_${level}`);
    const boxes = g.input(names.boxes, [count, 4]);
    const batchIndex = g.input(names.batchIndex, [count], 'int64');
    return g.roiAlign(features[level], boxes, batchIndex, { ...pool, spatialScale: 1 / fpnStrides[level] });
  });
  return g.concat(pooled, 0);
}
