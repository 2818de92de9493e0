import type { Picture } from '../image/picture.ts';
import type { RegionPixels } from '../ops/rle/region-pixels.ts';
import { convexArea } from './convex-area.ts';
import { perimeterOf } from './perimeter.ts';

/**
 * Measures of a region, with the names and definitions of scikit-image's `regionprops`
 * (https://scikit-image.org/docs/stable/api/skimage.measure.html#skimage.measure.regionprops). Lengths are in pixels,
 * areas in square pixels.
 */
export interface RegionProperties {
  /** Number of pixels. */
  readonly area: number;
  readonly perimeter: number;
  /** Row, column. */
  readonly centroid: readonly [number, number];
  /** First row, first column, last row, last column, the last ones exclusive. */
  readonly bbox: readonly [number, number, number, number];
  /** Axes of the ellipse with the same second moments. */
  readonly axisMajorLength: number;
  readonly axisMinorLength: number;
  /** Angle between the rows' axis (downwards) and the major axis in radians, −π/2…π/2, counter-clockwise. */
  readonly orientation: number;
  /** Of the ellipse with the same second moments: 0 for a circle, less than 1. */
  readonly eccentricity: number;
  /** Pixels of the region by pixels of its convex hull. */
  readonly solidity: number;
  /** 4π · area / perimeter², which `regionprops` does not have; 1 for a circle, up to the error of pixels. NaN without a perimeter. */
  readonly circularity: number;
}

/** Measures a region. */
export function regionProperties(region: RegionPixels): RegionProperties {
  const { left, top, width, height, area } = region;
  const perimeter = perimeterOf(region);
  const { row, column, rows, columns, mixed } = momentsOf(region);
  // The inertia tensor [[columns, −mixed], [−mixed, rows]]; its eigenvalues.
  const middle = (rows + columns) / 2;
  const spread = Math.hypot((rows - columns) / 2, mixed);
  const [larger, smaller] = [middle + spread, Math.max(middle - spread, 0)];
  return {
    area,
    perimeter,
    centroid: [row + top, column + left],
    bbox: [top, left, top + height, left + width],
    axisMajorLength: 4 * Math.sqrt(larger),
    axisMinorLength: 4 * Math.sqrt(smaller),
    orientation: orientationOf(rows, columns, mixed),
    eccentricity: larger === 0 ? 0 : Math.sqrt(1 - smaller / larger),
    solidity: area / convexArea(region),
    circularity: perimeter === 0 ? Number.NaN : (4 * Math.PI * area) / perimeter ** 2,
  };
}

/** Below this part of the variance, a difference of variances or a covariance is rounding error. */
const roundingError = 1e-12;

function orientationOf(rows: number, columns: number, mixed: number): number {
  const negligible = roundingError * (rows + columns);
  const difference = Math.abs(rows - columns) <= negligible ? 0 : rows - columns;
  const covariance = Math.abs(mixed) <= negligible ? 0 : mixed;
  if (difference === 0) return covariance > 0 ? Math.PI / 4 : -Math.PI / 4;
  return 0.5 * Math.atan2(2 * covariance, difference);
}

/** Centroid and central second moments by area; rows and columns counted from the box. */
function momentsOf({ width, height, inside, area }: RegionPixels) {
  const rowCounts = new Float64Array(height);
  const columnCounts = new Float64Array(width);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      rowCounts[y] += inside[at];
      columnCounts[x] += inside[at];
    }
  }
  const row = meanOf(rowCounts, area);
  const column = meanOf(columnCounts, area);
  let mixed = 0;
  for (let y = 0, at = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++, at++) if (inside[at]) sum += x - column;
    mixed += (y - row) * sum;
  }
  return {
    row,
    column,
    rows: varianceOf(rowCounts, row, area),
    columns: varianceOf(columnCounts, column, area),
    mixed: mixed / area,
  };
}

function meanOf(counts: Float64Array, total: number): number {
  return counts.reduce((sum, count, i) => sum + count * i, 0) / total;
}

function varianceOf(counts: Float64Array, mean: number, total: number): number {
  return counts.reduce((sum, count, i) => sum + count * (i - mean) ** 2, 0) / total;
}

/** Intensities of a region in 0…255. */
export interface RegionIntensity {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The intensities of the pixels of a region. The intensity of a coloured pixel is its luminance,
 * 0.2125 R + 0.7154 G + 0.0721 B, as scikit-image's `rgb2gray` has it; that of a grey one is its value.
 */
export function regionIntensity(region: RegionPixels, picture: Picture): RegionIntensity {
  const { left, top, width, height, inside, area } = region;
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, 0];
  for (let y = 0, at = 0; y < height; y++) {
    let from = 3 * ((y + top) * picture.width + left);
    for (let x = 0; x < width; x++, at++, from += 3) {
      if (!inside[at]) continue;
      const value = luminance(picture.data[from], picture.data[from + 1], picture.data[from + 2]);
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { mean: sum / area, min, max };
}

function luminance(red: number, green: number, blue: number): number {
  return red === green && green === blue ? red : 0.2125 * red + 0.7154 * green + 0.0721 * blue;
}
