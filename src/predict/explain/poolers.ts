import type { Float32Tensor } from '../../core/tensor.ts';
import type { PoolerName, PoolSettings } from '../../explanation/model.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { Poolings, QuantisedAxis, SampledAxis } from '../../explanation/pooling.ts';
import { type BinForm, quantisedBins } from '../../ops/quantised-bins.ts';
import { axisSamples, roiAlign } from '../../ops/roi-align.ts';
import { roiPool } from '../../ops/roi-pool.ts';
import { roundHalfToEven } from '../../ops/rounding.ts';

/** How one RoI is pooled. */
export interface RoiPooler<Axis> {
  /** The RoI in feature pixels, rounded if the pooler rounds it. */
  region: PlainBox;
  x: Axis;
  y: Axis;
  /** `[1, C, h, w]` → `[C · n · n]` */
  pool(map: Float32Tensor): Float32Array;
}

type AxisOf<Name extends PoolerName> = Poolings[Name]['x'];

/** Every pooler on the host: the steps that `model/pooler.ts` builds as graphs. They take an unrounded RoI in feature pixels. */
export const poolers: {
  readonly [Name in PoolerName]: (onMap: PlainBox, settings: PoolSettings) => RoiPooler<AxisOf<Name>>;
} = {
  roiAlign: sampled,
  roiWarp: (onMap, settings) => sampled(onMap.map(roundHalfToEven) as PlainBox, settings),
  roiPool: (onMap, settings) => binned(onMap, settings, 'overlapping'),
  roiPoolFloor: (onMap, settings) => binned(onMap, settings, 'dropping'),
};

function sampled(region: PlainBox, settings: PoolSettings): RoiPooler<SampledAxis> {
  const [x1, y1, x2, y2] = region;
  const { resolution, samplingRatio, aligned, mode } = settings;
  const pool = (map: Float32Tensor): Float32Array => {
    const align = (bins: number, samples: number) =>
      roiAlign(map, Float32Array.from(region), [0], {
        resolution: bins,
        samplingRatio: samples,
        aligned,
        spatialScale: 1,
      });
    if (mode === 'avg') return align(resolution, samplingRatio);
    // Align to bins of one sample each, then take the maximum over the samples of each bin.
    return maximaOf(align(resolution * samplingRatio, 1), resolution, samplingRatio);
  };
  return { region, x: sampledAxis(x1, x2, settings), y: sampledAxis(y1, y2, settings), pool };
}

/** Where RoIAlign samples along one axis: `ops/roi-align.ts` weighs the pixels around these positions. */
function sampledAxis(from: number, to: number, settings: PoolSettings): SampledAxis {
  const { start, binSize, samples: count } = axisSamples(Math.fround(from), Math.fround(to), settings);
  const length = settings.resolution * count;
  return {
    start,
    binSize,
    samples: Array.from({ length }, (_, i) => start + ((i + 0.5) * binSize) / count),
  };
}

/** `[C, n·s, n·s]` → `[C, n, n]` */
function maximaOf(values: Float32Array, bins: number, samples: number): Float32Array {
  const side = bins * samples;
  const maxima = new Float32Array(values.length / samples ** 2).fill(Number.NEGATIVE_INFINITY);
  values.forEach((value, i) => {
    const [line, column] = [Math.floor(i / side), i % side];
    const out = Math.floor(line / samples) * bins + Math.floor(column / samples);
    maxima[out] = Math.max(maxima[out], value);
  });
  return maxima;
}

function binned(
  [x1, y1, x2, y2]: PlainBox,
  { resolution }: PoolSettings,
  form: BinForm,
): RoiPooler<QuantisedAxis> {
  const x = quantisedBins(x1, x2, resolution, form);
  const y = quantisedBins(y1, y2, resolution, form);
  return { region: [x.start, y.start, x.end, y.end], x, y, pool: (map) => roiPool(map, x, y) };
}
