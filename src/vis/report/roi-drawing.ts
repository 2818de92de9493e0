import { largest, smallest } from '../../core/extremes.ts';
import type { PoolerName } from '../../explanation/model.ts';
import type { PlainBox } from '../../explanation/plain.ts';
import type { PooledRoi, QuantisedAxis, SampledAxis } from '../../explanation/pooling.ts';
import { heatMap } from './heat-map.ts';
import { isSampled } from './pooling-text.ts';
import { boxPath, colours, drawing, gridDrawing, gridImage } from './svg.ts';

/**
 * Drawings of one RoI on its feature map, in feature pixels. As in RoIAlign, the centre of pixel i is at i, so it extends
 * from i − ½ to i + ½.
 */

/** The samples or bins of a pooler, by default the model's own, over the feature map. */
export function poolerDrawing(roi: PooledRoi, kind: PoolerName = roi.pool.kind): string {
  const pooling = roi.poolings[kind];
  const taken = isSampled(pooling) ? samples(roi, pooling) : bins(pooling);
  return onPatch(roi, taken + exactBox(roi, kind));
}

/** A pooler's output for the shown channel, in the colour range of the patch. */
export function pooledDrawing(roi: PooledRoi, kind: PoolerName = roi.pool.kind): string {
  const { values } = roi.poolings[kind];
  return gridDrawing(values, heatMap(values, patchRange(roi)), 'map small');
}

/** Distance, in picture pixels, between the corners of the region that a pooler reads and the exact ones. */
export function quantisationError({ onMap, poolings, stride }: PooledRoi, kind: PoolerName): number {
  const { region } = poolings[kind];
  return stride * largest(onMap.map((corner, i) => Math.abs(corner - region[i])));
}

/** Bins and sampling points. */
function samples({ pool: { resolution } }: PooledRoi, { x, y }: { x: SampledAxis; y: SampledAxis }): string {
  const end = ({ start, binSize }: SampledAxis) => start + resolution * binSize;
  const box: PlainBox = [x.start, y.start, end(x), end(y)];
  const between = ({ start, binSize }: SampledAxis) =>
    Array.from({ length: resolution - 1 }, (_, i) => start + (i + 1) * binSize);
  const lines = between(x).map((at) => `M${round(at)} ${round(box[1])}V${round(box[3])}`);
  const rows = between(y).map((at) => `M${round(box[0])} ${round(at)}H${round(box[2])}`);
  // An RoI rounded to zero size has no samples.
  const apart = [x, y].map(({ binSize, samples }) => (binSize * resolution) / Math.max(samples.length, 1));
  const radius = round(smallest(apart) / 4.5);
  const points = y.samples.flatMap((down) => x.samples.map((across) => `M${round(across)} ${round(down)}h0`));
  const path = points.join('');
  return (
    `<path d="${lines.join('')}${rows.join('')}" fill="none" stroke="#fff" stroke-opacity=".85" vector-effect="non-scaling-stroke"/>` +
    `<path d="${path}" stroke="#000" stroke-width="${radius * 3}" stroke-linecap="round"/>` +
    `<path d="${path}" stroke="${colours.mask}" stroke-width="${radius * 2}" stroke-linecap="round"/>` +
    boxPath([box], { stroke: colours.proposal, width: 2.5 })
  );
}

/** Quantised bins, and the pixels that they lose. */
function bins({ x, y }: { x: QuantisedAxis; y: QuantisedAxis }): string {
  const cells = y.bins.flatMap(([top, bottom]) =>
    x.bins.map(([left, right]): PlainBox => [left - 0.5, top - 0.5, right - 0.5, bottom - 0.5]),
  );
  const whole: PlainBox = [x.start - 0.5, y.start - 0.5, x.end - 0.5, y.end - 0.5];
  return (
    lostPart({ x, y }) +
    boxPath(cells, { stroke: '#fff', width: 1.5, opacity: 0.9 }) +
    boxPath([whole], { stroke: '#fff', width: 2.5 })
  );
}

/**
 * The RoI before rounding, dashed; empty if it was not rounded. Quantised bins cover whole pixels, so in these
 * coordinates it is shifted by half a pixel.
 */
function exactBox({ onMap, pool, poolings }: PooledRoi, kind: PoolerName): string {
  if (kind === 'roiAlign') return '';
  const half = isSampled(poolings[kind]) && !pool.aligned ? 0 : 0.5;
  const box = onMap.map((corner) => corner - half) as PlainBox;
  return boxPath([box], { stroke: colours.proposal, width: 2.5, dashed: true });
}

function onPatch(roi: PooledRoi, content: string): string {
  const { grid, origin } = roi.patch;
  const left = origin.x - 0.5;
  const top = origin.y - 0.5;
  const image = gridImage(grid, heatMap(grid, patchRange(roi)), left, top);
  return drawing([left, top, left + grid.columns, top + grid.rows], image + content, 'patch');
}

function patchRange({ patch }: PooledRoi) {
  const values = patch.grid.values;
  return { low: smallest(values), high: largest(values) };
}

function lostPart({ x, y }: { x: QuantisedAxis; y: QuantisedAxis }): string {
  const right = x.end - x.dropped;
  const bottom = y.end - y.dropped;
  const rect = (x1: number, y1: number, x2: number, y2: number) =>
    x2 > x1 && y2 > y1
      ? `<rect x="${x1 - 0.5}" y="${y1 - 0.5}" width="${x2 - x1}" height="${y2 - y1}" fill="url(#lost)"/>`
      : '';
  return rect(right, y.start, x.end, y.end) + rect(x.start, bottom, right, y.end);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
