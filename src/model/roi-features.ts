import type { RoiPoolConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { poolRois } from './pooler.ts';
import type { MapLevel } from './structure.ts';

/**
 * Names of the inputs for the RoIs that are pooled from a level, which `assignRois` determines.
 * @param level `p2`…`p5`, `c4` or `c5`.
 * @param prefix Distinguishes the RoIs of several branches in one graph.
 */
export function roiInputNames(level: string, prefix = ''): { boxes: string; batchIndex: string } {
  return { boxes: `${prefix}boxes_${level}`, batchIndex: `${prefix}batch_index_${level}` };
}

/**
 * Pools RoIs from the maps (He et al. 2017, section 3; Lin et al. 2017 for the levels), each from the level that it is
 * assigned to.
 * @param features `[N, C, h, w]` per level.
 * @returns `[R, C, resolution, resolution]`, the RoIs of the first level first.
 */
export function roiFeatures(
  g: GraphBuilder,
  features: Readonly<Record<string, Value>>,
  pool: RoiPoolConfig,
  { levels, prefix = '' }: { levels: readonly MapLevel[]; prefix?: string },
): Value {
  const pooled = levels.map(({ name, stride }) => {
    const names = roiInputNames(name, prefix);
    const count = symbol(`${prefix}rois_${name}`);
    const boxes = g.input(names.boxes, [count, 4]);
    const batchIndex = g.input(names.batchIndex, [count], 'int64');
    return poolRois(g, features[name], { boxes, batchIndex }, { ...pool, stride });
  });
  return g.concat(pooled, 0);
}
