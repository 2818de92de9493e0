import type { RoiPoolConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';

/** The RoIs of one map. */
export interface Rois {
  /** `[R, 4]` x1, y1, x2, y2 in pixels of the resized picture. */
  boxes: Value;
  /** `[R]` int64, the position of each RoI's picture in the batch. */
  batchIndex: Value;
}

/**
 * Pools every RoI into a square of bins, by the configured kind (He et al. 2017, section 3 and Table 2c).
 * @param features `[N, C, h, w]`
 * @param stride Pixels of the resized picture per pixel of the map.
 * @returns `[R, C, resolution, resolution]`
 */
export function poolRois(
  g: GraphBuilder,
  features: Value,
  { boxes, batchIndex }: Rois,
  { stride, ...pool }: RoiPoolConfig & { stride: number },
): Value {
  const { kind, resolution } = pool;
  if (kind === 'roiPool' || kind === 'roiPoolFloor') {
    const form = kind === 'roiPool' ? 'unequal' : 'dropping';
    return g.apply('roiPool', [features, boxes, batchIndex], { resolution, spatialScale: 1 / stride, form });
  }
  if (kind === 'roiAlign') return sampled(g, features, { boxes, batchIndex }, { ...pool, stride });
  const corners = g.apply('round', [g.affine(boxes, 1 / stride)], {});
  return sampled(g, features, { boxes: corners, batchIndex }, { ...pool, stride: 1 });
}

/**
 * RoIAlign. For `max`, smaller bins with one sampling point each are pooled first, and then the maximum of those in a
 * bin is taken: ONNX's own mode `max` takes the maximum before interpolating.
 */
function sampled(
  g: GraphBuilder,
  features: Value,
  { boxes, batchIndex }: Rois,
  { stride, mode, resolution, samplingRatio, aligned }: Omit<RoiPoolConfig, 'kind'> & { stride: number },
): Value {
  const spatialScale = 1 / stride;
  if (mode === 'avg') {
    const parameters = { resolution, spatialScale, samplingRatio, aligned };
    return g.roiAlign(features, boxes, batchIndex, parameters);
  }
  const points = { resolution: resolution * samplingRatio, spatialScale, samplingRatio: 1, aligned };
  const window = { kernel: samplingRatio, stride: samplingRatio, padding: 0 };
  return g.maxPool(g.roiAlign(features, boxes, batchIndex, points), window);
}
