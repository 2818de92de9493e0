import { type MaskColumns, splitIntoColumns } from './mask-columns.ts';
import type { Rle } from './rle/rle.ts';
import { type AxisBin, axisBins } from './roi-align.ts';

/** torchvision pools the true masks with one sample per RoI pixel and without the half-pixel shift. */
const pooling = { samplingRatio: 0, aligned: false } as const;

/**
 * The targets of the mask branch: for each RoI the true mask cropped by the RoI and resampled to
 * `resolution`² by RoIAlign (He et al. 2017, section 3.1; torchvision `project_masks_on_boxes`). Works on
 * runs: a run of a column adds to each bin the sum of the bin's weights from the run's start to its end.
 * @param masks The objects' masks, of the picture in which the boxes lie.
 * @param boxes `[P, 4]` RoIs x1, y1, x2, y2 in pixels.
 * @param matches `[P]`, the index in `masks` of each RoI's object.
 * @returns `[P, resolution, resolution]`, 0…1.
 */
export function maskTargets(
  masks: readonly Rle[],
  boxes: Float32Array,
  matches: ArrayLike<number>,
  resolution: number,
): Float32Array {
  const targets = new Float32Array(matches.length * resolution * resolution);
  const columnsOf = new Map<number, MaskColumns>();
  for (let roi = 0; roi < matches.length; roi++) {
    const mask = masks[matches[roi]];
    const columns = columnsOf.get(matches[roi]) ?? splitIntoColumns(mask);
    columnsOf.set(matches[roi], columns);
    const target = targets.subarray(roi * resolution ** 2, (roi + 1) * resolution ** 2);
    projectMask(columns, mask.size, boxes.subarray(4 * roi, 4 * roi + 4), target);
  }
  return targets;
}

function projectMask(
  { starts, tops, bottoms }: MaskColumns,
  [height, width]: readonly [number, number],
  box: Float32Array,
  target: Float32Array,
): void {
  const resolution = Math.sqrt(target.length);
  const rowBins = axisBins(box[1], box[3], height, { resolution, ...pooling }).map(accumulate);
  const columnBins = axisBins(box[0], box[2], width, { resolution, ...pooling });
  const covered = new Float64Array(resolution);
  columnBins.forEach((bin, j) => {
    for (let i = 0; i < bin.weights.length; i++) {
      const x = bin.first + i;
      if (starts[x] === starts[x + 1]) continue;
      covered.fill(0);
      for (let run = starts[x]; run < starts[x + 1]; run++) addRun(rowBins, tops[run], bottoms[run], covered);
      for (let row = 0; row < resolution; row++)
        target[row * resolution + j] += covered[row] * bin.weights[i];
    }
  });
}

/** A bin with prefix sums: `sums[n]` is the weight of its first n pixels. */
interface SummedBin {
  readonly first: number;
  readonly sums: Float64Array;
}

function accumulate({ first, weights }: AxisBin): SummedBin {
  const sums = new Float64Array(weights.length + 1);
  for (let i = 0; i < weights.length; i++) sums[i + 1] = sums[i] + weights[i];
  return { first, sums };
}

/** Adds the weight of the pixels `[top, bottom)` to each bin. */
function addRun(bins: readonly SummedBin[], top: number, bottom: number, covered: Float64Array): void {
  for (let i = 0; i < bins.length; i++) {
    const { first, sums } = bins[i];
    const from = top - first;
    const to = bottom - first;
    if (to <= 0 || from >= sums.length - 1) continue;
    covered[i] += sums[Math.min(to, sums.length - 1)] - sums[Math.max(from, 0)];
  }
}
