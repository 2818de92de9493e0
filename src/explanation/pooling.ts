import type { PoolerName, PoolSettings } from './model.ts';
import type { Grid, PlainBox } from './plain.ts';

/** An RoI on its map, and one channel of it pooled by the model's pooler and by every other. */
export interface PooledRoi {
  box: PlainBox;
  level: string;
  stride: number;
  /** Null where there is only one map. */
  choice: LevelChoice | null;
  /** The box in feature pixels, not rounded. */
  onMap: PlainBox;
  /** How the model pools it. */
  pool: PoolSettings;
  /** The channel that varies most within the RoI. */
  channel: number;
  /** That channel around the RoI; its first value belongs to the feature pixel `origin`. */
  patch: { origin: { x: number; y: number }; grid: Grid };
  /** That channel pooled by every pooler; the model's own is `poolings[pool.kind]`. */
  poolings: Poolings;
}

/** Why an RoI is pooled from its level. */
export interface LevelChoice {
  /** √area at or above which an RoI is pooled from P4 or coarser, in pixels of the resized picture; usually 224. */
  canonicalSize: number;
  /** 4 + log2(√area / canonicalSize), before rounding down and clamping. */
  exact: number;
}

/** Each pooler with the model's own resolution, samples and `aligned`. */
export interface Poolings extends Record<PoolerName, AnyPooling> {
  roiAlign: Pooling<SampledAxis>;
  /** The RoI rounded to whole feature pixels, then pooled as by RoIAlign. */
  roiWarp: Pooling<SampledAxis>;
  /** As implemented in Fast R-CNN and torchvision: neighbouring bins may share pixels. */
  roiPool: Pooling<QuantisedAxis>;
  /** Rounded down; the remaining pixels are in no bin. */
  roiPoolFloor: Pooling<QuantisedAxis>;
}

export type AnyPooling = Pooling<SampledAxis> | Pooling<QuantisedAxis>;

/** One channel of an RoI, pooled. */
export interface Pooling<Axis> {
  /** The RoI in feature pixels, rounded if the pooler rounds it. */
  region: PlainBox;
  x: Axis;
  y: Axis;
  /** `[resolution, resolution]` */
  values: Grid;
}

/** Bins and samples along one axis, in feature pixels, pixel centres at whole numbers; the grid is their product. */
export interface SampledAxis {
  /** Start of the first bin. */
  start: number;
  binSize: number;
  samples: number[];
}

/** RoIPool along one axis, in whole feature pixels. */
export interface QuantisedAxis {
  /** The RoI's first pixel, and the one after the last. */
  start: number;
  end: number;
  /** `[resolution]` first pixel and the one after the last. */
  bins: [from: number, to: number][];
  /** Pixels of the RoI in no bin. */
  dropped: number;
}
