import type { Grid, PlainBox, PooledRoi, QuantisedAxis } from '../../core/explanation.ts';
import { heatMap } from './heat-map.ts';
import { boxPath, colours, drawing, gridDrawing, gridImage } from './svg.ts';

/**
 * Drawings of one RoI on its feature map. Units are feature pixels with the centre of pixel i at i, as RoIAlign
 * counts, so pixel i reaches from i − ½ to i + ½.
 */

/** RoIAlign: bins and sampling points. */
export function alignDrawing(roi: PooledRoi): string {
  const { resolution, samples, binSize } = roi;
  const box = sampledBox(roi);
  const across = Array.from({ length: resolution - 1 }, (_, i) => box[0] + (i + 1) * binSize.x);
  const down = Array.from({ length: resolution - 1 }, (_, i) => box[1] + (i + 1) * binSize.y);
  const lines = across.map((x) => `M${round(x)} ${round(box[1])}V${round(box[3])}`).join('');
  const rows = down.map((y) => `M${round(box[0])} ${round(y)}H${round(box[2])}`).join('');
  const [apartX, apartY] = [samples.x, samples.y].map(({ length }) => resolution / length);
  const radius = round(Math.min(binSize.x * apartX, binSize.y * apartY) / 4.5);
  const points = samples.y.flatMap((y) => samples.x.map((x) => `M${round(x)} ${round(y)}h0`)).join('');
  return onPatch(
    roi,
    `<path d="${lines}${rows}" fill="none" stroke="#fff" stroke-opacity=".85" vector-effect="non-scaling-stroke"/>` +
      `<path d="${points}" stroke="#000" stroke-width="${radius * 3}" stroke-linecap="round"/>` +
      `<path d="${points}" stroke="#ff5fa2" stroke-width="${radius * 2}" stroke-linecap="round"/>` +
      boxPath([box], { stroke: colours.proposal, width: 2.5 }),
  );
}

/** RoIPool: the true box dashed, its whole-pixel bins, and what is lost. */
export function poolDrawing(roi: PooledRoi, form: 'unequal' | 'dropping'): string {
  const { x, y } = roi[form];
  const kept = form === 'dropping' ? lostPart({ x, y }) : '';
  const cells = y.bins.flatMap(([top, bottom]) =>
    x.bins.map(([left, right]): PlainBox => [left - 0.5, top - 0.5, right - 0.5, bottom - 0.5]),
  );
  const whole: PlainBox = [x.start - 0.5, y.start - 0.5, x.end - 0.5, y.end - 0.5];
  // The box covers areas of pixels here; in RoIAlign's count of positions that is half a pixel to the left.
  const exact = roi.onMap.map((corner) => corner - 0.5) as PlainBox;
  return onPatch(
    roi,
    kept +
      boxPath(cells, { stroke: '#fff', width: 1.5, opacity: 0.9 }) +
      boxPath([whole], { stroke: '#fff', width: 2.5 }) +
      boxPath([exact], { stroke: colours.proposal, width: 2.5, dashed: true }),
  );
}

/** The pooled values of the shown channel, RoIAlign's or RoIPool's, on the colours of the patch. */
export function pooledDrawing(roi: PooledRoi, values: Grid): string {
  return gridDrawing(values, heatMap(values, patchRange(roi)), 'map small');
}

/** How far, in picture pixels, the corners of the quantised box lie from the exact ones. */
export function quantisationError({ onMap, unequal: { x, y }, stride }: PooledRoi): number {
  const quantised = [x.start, y.start, x.end, y.end];
  return stride * Math.max(...onMap.map((corner, i) => Math.abs(corner - quantised[i])));
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
  return { low: Math.min(...values), high: Math.max(...values) };
}

/** Where RoIAlign's bins lie among the positions: shifted by half a pixel if the model is `aligned`. */
function sampledBox({ onMap: [x1, y1], aligned, resolution, binSize }: PooledRoi): PlainBox {
  const offset = aligned ? 0.5 : 0;
  const left = x1 - offset;
  const top = y1 - offset;
  return [left, top, left + resolution * binSize.x, top + resolution * binSize.y];
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
