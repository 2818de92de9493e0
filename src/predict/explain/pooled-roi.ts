import type { RoiPoolConfig } from '../../config/schema.ts';
import type { Grid, PlainBox, PooledRoi, QuantisedAxis } from '../../core/explanation.ts';
import { assignRois } from '../../model/structure.ts';
import { quantisedBins } from '../../ops/quantised-bins.ts';
import { roiAlign } from '../../ops/roi-align.ts';
import type { Features } from '../pipeline.ts';

/** Feature pixels shown around an RoI. */
const surroundings = 2;

/**
 * Pools one RoI both ways, with every number on the way: RoIAlign as the model does it (section 3 of the paper),
 * and RoIPool as its predecessors did.
 * @param box In pixels of the resized picture.
 */
export function poolRoi(box: PlainBox, { pyramid, levels }: Features, pool: RoiPoolConfig): PooledRoi {
  const assigned = assignRois(Float32Array.from(box), levels);
  const { name: level, stride } = levels.roi[assigned.findIndex((indices) => indices.length > 0)];
  const { canonicalSize = Number.NaN } = levels;
  const [, channels, rows, columns] = pyramid[level].shape;
  const onMap = box.map((corner) => corner / stride) as PlainBox;
  const { resolution, samplingRatio, aligned } = pool;
  const across = sampleAxis(onMap[0], onMap[2], pool);
  const down = sampleAxis(onMap[1], onMap[3], pool);

  const options = { resolution, samplingRatio, aligned, spatialScale: 1 / stride };
  const values = roiAlign(pyramid[level], Float32Array.from(box), [0], options);
  const channel = mostVaried(values, channels);
  const plane = pyramid[level].data.subarray(channel * rows * columns, (channel + 1) * rows * columns);
  const map = { rows, columns, plane };
  const unequal = quantise(onMap, resolution, 'unequal');
  const cells = resolution * resolution;
  return {
    box,
    level,
    stride,
    canonicalSize,
    exactLevel: 4 + Math.log2(Math.sqrt((box[2] - box[0]) * (box[3] - box[1])) / canonicalSize),
    onMap,
    resolution,
    samplingRatio,
    aligned,
    binSize: { x: across.binSize, y: down.binSize },
    samples: { x: across.positions, y: down.positions },
    channel,
    patch: patchAround(onMap, map),
    aligned2d: gridOf(resolution, values.subarray(channel * cells, (channel + 1) * cells)),
    pooled2d: gridOf(resolution, maxOfBins(unequal, map)),
    unequal,
    dropping: quantise(onMap, resolution, 'dropping'),
  };
}

/** Where RoIAlign samples along one axis: `ops/roi-align.ts` weighs the pixels around these positions. */
function sampleAxis(from: number, to: number, { resolution, samplingRatio, aligned }: RoiPoolConfig) {
  const offset = aligned ? 0.5 : 0;
  const size = aligned ? to - from : Math.max(to - from, 1);
  const binSize = size / resolution;
  const samples = samplingRatio > 0 ? samplingRatio : Math.ceil(binSize);
  const positions = Array.from(
    { length: resolution * samples },
    (_, i) => from - offset + ((i + 0.5) * binSize) / samples,
  );
  return { binSize, positions };
}

interface FeatureMap {
  rows: number;
  columns: number;
  /** One channel, row-major. */
  plane: Float32Array;
}

function quantise([x1, y1, x2, y2]: PlainBox, resolution: number, form: 'unequal' | 'dropping') {
  return {
    x: { ...quantisedBins(x1, x2, resolution, form) },
    y: { ...quantisedBins(y1, y2, resolution, form) },
  } satisfies { x: QuantisedAxis; y: QuantisedAxis };
}

/** The largest value of each bin, row by row; 0 for a bin that lies outside the map. */
function maxOfBins({ x, y }: { x: QuantisedAxis; y: QuantisedAxis }, map: FeatureMap): number[] {
  return y.bins.flatMap(([top, bottom]) =>
    x.bins.map(([left, right]) => {
      let largest = Number.NEGATIVE_INFINITY;
      for (let row = Math.max(top, 0); row < Math.min(bottom, map.rows); row++) {
        for (let column = Math.max(left, 0); column < Math.min(right, map.columns); column++) {
          largest = Math.max(largest, map.plane[row * map.columns + column]);
        }
      }
      return Number.isFinite(largest) ? largest : 0;
    }),
  );
}

/** The channel whose values differ most from their mean. @param values `[channels, cells]` */
function mostVaried(values: Float32Array, channels: number): number {
  const cells = values.length / channels;
  let best = 0;
  let most = -1;
  for (let channel = 0; channel < channels; channel++) {
    const own = values.subarray(channel * cells, (channel + 1) * cells);
    const mean = own.reduce((sum, value) => sum + value, 0) / cells;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    if (variance > most) {
      most = variance;
      best = channel;
    }
  }
  return best;
}

function patchAround([x1, y1, x2, y2]: PlainBox, { rows, columns, plane }: FeatureMap): PooledRoi['patch'] {
  const clamp = (value: number, last: number) => Math.min(Math.max(value, 0), last);
  const left = clamp(Math.floor(x1) - surroundings, columns - 1);
  const top = clamp(Math.floor(y1) - surroundings, rows - 1);
  const right = clamp(Math.ceil(x2) + surroundings, columns - 1);
  const bottom = clamp(Math.ceil(y2) + surroundings, rows - 1);
  const values: number[] = [];
  for (let row = top; row <= bottom; row++) {
    values.push(...plane.subarray(row * columns + left, row * columns + right + 1));
  }
  const grid = { rows: bottom - top + 1, columns: right - left + 1, values };
  return { origin: { x: left, y: top }, grid };
}

function gridOf(resolution: number, values: ArrayLike<number>): Grid {
  return { rows: resolution, columns: resolution, values: Array.from(values) };
}
