import type { RoiPoolConfig } from '../../config/schema.ts';
import { type Float32Tensor, float32Tensor } from '../../core/tensor.ts';
import type { Grid, PlainBox } from '../../explanation/plain.ts';
import type { PooledRoi, Poolings } from '../../explanation/pooling.ts';
import { assignRois } from '../../model/structure.ts';
import { canonicalLevel } from '../../ops/level-assignment.ts';
import type { Features } from '../graph-stages.ts';
import { poolers, type RoiPooler } from './poolers.ts';

/** Feature pixels shown around an RoI. */
const surroundings = 2;

/**
 * Pools one RoI as the model does, and by every other pooler (He et al. 2017, section 3 and Table 2c), with all
 * intermediate numbers.
 * @param box In pixels of the resized picture.
 */
export function poolRoi(box: PlainBox, { pyramid, levels }: Features, pool: RoiPoolConfig): PooledRoi {
  const assigned = assignRois(Float32Array.from(box), levels);
  const { name: level, stride } = levels.roi[assigned.findIndex((indices) => indices.length > 0)];
  const { canonicalSize } = levels;
  const map = pyramid[level];
  const onMap = box.map((corner) => corner / stride) as PlainBox;
  const channel = mostVaried(poolers[pool.kind](onMap, pool).pool(map), map.shape[1]);
  const plane = channelOf(map, channel);
  const side = Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
  const poolingBy = <Axis>(pooler: RoiPooler<Axis>) => {
    const { region, x, y } = pooler;
    return { region, x, y, values: gridOf(pool.resolution, pooler.pool(plane)) };
  };
  return {
    box,
    level,
    stride,
    choice:
      canonicalSize === undefined
        ? null
        : { canonicalSize, exact: canonicalLevel + Math.log2(side / canonicalSize) },
    onMap,
    pool: { ...pool },
    channel,
    patch: patchAround(onMap, plane),
    poolings: {
      roiAlign: poolingBy(poolers.roiAlign(onMap, pool)),
      roiWarp: poolingBy(poolers.roiWarp(onMap, pool)),
      roiPool: poolingBy(poolers.roiPool(onMap, pool)),
      roiPoolFloor: poolingBy(poolers.roiPoolFloor(onMap, pool)),
    } satisfies Poolings,
  };
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

/** `[1, C, h, w]` → `[1, 1, h, w]` */
function channelOf({ shape: [, , rows, columns], data }: Float32Tensor, channel: number): Float32Tensor {
  const pixels = rows * columns;
  return float32Tensor([1, 1, rows, columns], data.subarray(channel * pixels, (channel + 1) * pixels));
}

function patchAround(
  [x1, y1, x2, y2]: PlainBox,
  { shape: [, , rows, columns], data }: Float32Tensor,
): PooledRoi['patch'] {
  const clamp = (value: number, last: number) => Math.min(Math.max(value, 0), last);
  const left = clamp(Math.floor(x1) - surroundings, columns - 1);
  const top = clamp(Math.floor(y1) - surroundings, rows - 1);
  const right = clamp(Math.ceil(x2) + surroundings, columns - 1);
  const bottom = clamp(Math.ceil(y2) + surroundings, rows - 1);
  const values: number[] = [];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) values.push(data[row * columns + column]);
  }
  const grid = { rows: bottom - top + 1, columns: right - left + 1, values };
  return { origin: { x: left, y: top }, grid };
}

function gridOf(resolution: number, values: ArrayLike<number>): Grid {
  return { rows: resolution, columns: resolution, values: Array.from(values) };
}
