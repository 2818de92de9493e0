import type { PooledRoi } from '../../explanation/pooling.ts';
import type { ReportContext } from './context.ts';
import { fixed, step, table } from './html.ts';
import { sourcesOf } from './step-sources.ts';

/** One feature pixel next to a sampling point. */
interface Neighbour {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly weight: number;
}

/** One sampling point of RoIAlign between its four feature pixels. */
export interface WorkedSample {
  /** In feature pixels. */
  readonly x: number;
  readonly y: number;
  /** Position of its bin, from 0. */
  readonly row: number;
  readonly column: number;
  /** Sampling points of the bin. */
  readonly samples: number;
  /** Two above, two below, each from left to right. */
  readonly neighbours: readonly Neighbour[];
}

/**
 * The first sampling point of the bin nearest to the RoI's middle whose four neighbours are on the shown patch.
 * @returns Null if no bin has one.
 */
export function workedSample(roi: PooledRoi): WorkedSample | null {
  const { pool, poolings } = roi;
  const { x: across, y: down } = poolings.roiAlign;
  const n = pool.resolution;
  const perBin = { x: across.samples.length / n, y: down.samples.length / n };
  if (perBin.x < 1 || perBin.y < 1) return null;
  const middle = (n - 1) / 2;
  const bins = Array.from({ length: n * n }, (_, i) => ({ row: Math.floor(i / n), column: i % n }));
  const distance = ({ row, column }: { row: number; column: number }) =>
    Math.abs(row - middle) + Math.abs(column - middle);
  for (const { row, column } of bins.sort((a, b) => distance(a) - distance(b))) {
    const x = across.samples[column * perBin.x];
    const y = down.samples[row * perBin.y];
    const neighbours = neighboursOf(roi, x, y);
    if (neighbours) return { x, y, row, column, samples: perBin.x * perBin.y, neighbours };
  }
  return null;
}

function neighboursOf({ patch }: PooledRoi, x: number, y: number): Neighbour[] | null {
  const { origin, grid } = patch;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [column, row] = [left - origin.x, top - origin.y];
  if (column < 0 || row < 0 || column + 1 >= grid.columns || row + 1 >= grid.rows) return null;
  const [fx, fy] = [x - left, y - top];
  return [0, 1].flatMap((dy) =>
    [0, 1].map((dx) => ({
      x: left + dx,
      y: top + dy,
      value: grid.values[(row + dy) * grid.columns + column + dx],
      weight: (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy),
    })),
  );
}

/** Bilinear interpolation worked through for one sampling point; empty if there is none to show. */
export function bilinearStep(context: ReportContext, roi: PooledRoi): string {
  const { t } = context;
  const sample = workedSample(roi);
  if (sample === null) return '';
  const { x, y, row, column, samples, neighbours } = sample;
  const rows = neighbours.map((neighbour) => [
    `${neighbour.x}, ${neighbour.y}`,
    fixed(neighbour.value, 3),
    fixed(neighbour.weight, 3),
    fixed(neighbour.value * neighbour.weight, 3),
  ]);
  const sum = neighbours.reduce((total, { value, weight }) => total + value * weight, 0);
  const { values } = roi.poolings.roiAlign;
  const bin = { row: row + 1, column: column + 1, samples };
  const pooled = fixed(values.values[row * values.columns + column], 3);
  const first = neighbours[0];
  const position = { x: fixed(x, 3), y: fixed(y, 3), fx: fixed(x - first.x, 3), fy: fixed(y - first.y, 3) };
  return step({
    heading: t('bilinearTitle'),
    text: [t('bilinearA', { ...position, x0: first.x, y0: first.y })],
    numbers: [
      table([
        [t('bilinearPixel'), t('bilinearValue'), t('bilinearWeight'), t('bilinearProduct')],
        ...rows,
        [t('bilinearSum'), '', '1', fixed(sum, 3)],
      ]),
      `<p>${t(roi.pool.mode === 'avg' ? 'bilinearMean' : 'bilinearMaximum', { ...bin, pooled })}</p>`,
    ],
    sources: sourcesOf(context, 'bilinear'),
  });
}
