import { largest } from '../../core/extremes.ts';
import { upperMedian } from '../../core/upper-median.ts';
import type { PictureRegions } from '../../image/picture-regions.ts';
import type { Region } from '../../image/region.ts';
import type { PlacedInstance } from '../placed-instances.ts';

/** Predicts a region, magnified. Boxes are in pixels of the region. */
export type PredictRegion = (region: Region, scale: number) => Promise<readonly PlacedInstance[]>;

export interface ScaleSearch {
  /** √(box area) that is usual in the pictures that the model was trained on, in pixels of its input. */
  readonly objectSize: number;
  /** Side of the network's input that a sample fills, in pixels. */
  readonly input: number;
}

/** Magnifications that are tried, in this order, until one shows objects in most samples. */
const firstScales = [2, 0.7, 6];
const sampleCount = 5;
/** The search ends where the scale changes by less than this factor. */
const closeEnough = 1.3;
const mostRounds = 3;

/**
 * Finds the magnification at which the objects of a picture are as large as those that the model was trained on: samples
 * are predicted, magnified by what their median size lacks, and predicted again (as Cellpose does with the diameter,
 * Stringer et al. 2021).
 * @returns Null where no object is found at any magnification that is tried.
 */
export async function findScale(
  picture: PictureRegions,
  { objectSize, input }: ScaleSearch,
  predict: PredictRegion,
): Promise<number | null> {
  /** The median size in each sample that shows objects, in ascending order. */
  const sizesAt = async (scale: number): Promise<number[]> => {
    const medians: number[] = [];
    for (const region of await sampleRegions(picture, Math.round(input / scale))) {
      const sizes = (await predict(region, scale)).map(({ box }) => sizeOf(box));
      if (sizes.length > 0) medians.push(upperMedian(sizes));
    }
    return medians;
  };
  let best: { scale: number; sizes: number[] } | null = null;
  for (const scale of firstScales) {
    const sizes = await sizesAt(scale);
    if (sizes.length > (best?.sizes.length ?? 0)) best = { scale, sizes };
    if (sizes.length > sampleCount / 2) break;
  }
  if (!best) return null;
  let { scale, sizes } = best;
  for (let round = 0; round < mostRounds; round++) {
    const next = Math.min(Math.max(objectSize / upperMedian(sizes), 1 / 16), 16);
    const change = Math.max(next / scale, scale / next);
    scale = next;
    if (change < closeEnough) break;
    const found = await sizesAt(scale);
    if (found.length === 0) break;
    sizes = found;
  }
  return scale;
}

function sizeOf([x1, y1, x2, y2]: PlacedInstance['box']): number {
  return Math.sqrt((x2 - x1) * (y2 - y1));
}

/** Regions that show something, spread over the picture: among 5 × 5, those with much contrast, evenly chosen. */
async function sampleRegions(picture: PictureRegions, side: number): Promise<Region[]> {
  const [width, height] = [picture.width, picture.height].map((length) => Math.min(side, length));
  const starts = (length: number, extent: number) => {
    const count = Math.min(5, Math.max(1, Math.floor(length / extent)));
    return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * length) / count - extent / 2));
  };
  const candidates: { region: Region; contrast: number }[] = [];
  for (const top of starts(picture.height, height)) {
    for (const left of starts(picture.width, width)) {
      const region = { left, top, width, height };
      candidates.push({ region, contrast: contrastOf((await picture.read(region)).data) });
    }
  }
  const most = largest(candidates.map(({ contrast }) => contrast));
  const showing = candidates.filter(({ contrast }) => contrast >= most / 4);
  const step = Math.max(1, showing.length / sampleCount);
  return Array.from(
    { length: Math.min(sampleCount, showing.length) },
    (_, i) => showing[Math.floor((i + 0.5) * step)].region,
  );
}

/** Standard deviation of the values. */
function contrastOf(values: Uint8Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return Math.sqrt(Math.max(0, squares / values.length - (sum / values.length) ** 2));
}
