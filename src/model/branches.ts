import { classCount, type ModelConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { type BoxPrediction, boxHead, boxPredictor } from './box-head.ts';
import { extent } from './layers.ts';
import { roiFeatures } from './roi-features.ts';
import { levelsOf, maskPool, sharedStage } from './structure.ts';

/** Maps by the names of their levels. */
type Maps = Readonly<Record<string, Value>>;

/**
 * Stage 6: pools RoIs and predicts their classes and boxes.
 * @param maps `[N, C, h, w]` of each level that RoIs are pooled from.
 * @returns In structure `c4` also the RoIs' features, `[R, C', n, n]`, which the mask branch shares.
 */
export function boxBranch(
  g: GraphBuilder,
  maps: Maps,
  config: ModelConfig,
): BoxPrediction & { shared: Value | null } {
  const { head } = config.box;
  const classes = classCount(config);
  const pooled = roiFeatures(g, maps, head.pool, { levels: levelsOf(config).roi });
  if (config.structure !== 'c4') return { ...boxHead(g, pooled, head, classes), shared: null };
  const shared = sharedStage(g, pooled, config);
  return { ...boxPredictor(g, averageOverBins(g, shared), classes), shared };
}

/**
 * The input of the mask branch for its own RoIs: `[D, C, n, n]`. In structure `c4` they are pooled like the box
 * branch's.
 * @param prefix Prefix of the names of the RoIs' inputs.
 */
export function maskRoiFeatures(
  g: GraphBuilder,
  maps: Maps,
  config: ModelConfig & { mask: NonNullable<ModelConfig['mask']> },
  prefix = '',
): Value {
  const pooled = roiFeatures(g, maps, maskPool(config), { levels: levelsOf(config).roi, prefix });
  return config.structure === 'c4' ? sharedStage(g, pooled, config) : pooled;
}

/** The mean of each channel over the bins of an RoI: `[R, C, n, n]` → `[R, C]`. */
function averageOverBins(g: GraphBuilder, x: Value): Value {
  const [channels, height, width] = [1, 2, 3].map((axis) => extent(x, axis));
  return g.reshape(g.affine(g.reduceSum(x, [2, 3]), 1 / (height * width)), ['rest', channels]);
}
