import { escapeHtml } from '../../core/escape-html.ts';
import { largest } from '../../core/extremes.ts';

/** A named curve. */
export interface Curve {
  readonly name: string;
  /** In the order of x. */
  readonly points: readonly { x: number; y: number }[];
}

const size = { width: 860, height: 300 };
const margin = { left: 66, right: 190, top: 14, bottom: 34 };
const plotWidth = size.width - margin.left - margin.right;
/** The Okabe–Ito palette, distinguishable with colour vision deficiency. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/**
 * Line chart of curves over steps as an SVG element with axes and a legend.
 * @param range Ends of the vertical axis; default 0 and a round number above the 99.5th percentile.
 */
export function chartSvg(curves: readonly Curve[], range?: readonly [number, number]): string {
  const shown = curves
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => ({ name, drawn: thinned(points), last: points[points.length - 1] }));
  const lastX = Math.max(1, largest(shown.map(({ last }) => last.x)));
  const [bottom, top] = range ?? [
    0,
    niceCeiling(
      quantile(
        shown.flatMap(({ drawn }) => drawn.map(({ y }) => y)),
        0.995,
      ),
    ),
  ];
  const plotHeight = size.height - margin.top - margin.bottom;
  const toX = (x: number) => margin.left + (x / lastX) * plotWidth;
  // The first losses may be off the scale; clipping them keeps the rest of the curve readable.
  const toY = (y: number) => margin.top + (1 - (Math.min(y, top) - bottom) / (top - bottom)) * plotHeight;
  const parts = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const y = bottom + share * (top - bottom);
    const x = Math.round(share * lastX);
    return [
      `<line class="grid" x1="${margin.left}" x2="${margin.left + plotWidth}" y1="${toY(y).toFixed(1)}" y2="${toY(y).toFixed(1)}"/>`,
      `<text x="${margin.left - 8}" y="${(toY(y) + 4).toFixed(1)}" text-anchor="end">${Number(y.toPrecision(3))}</text>`,
      `<text x="${toX(x).toFixed(1)}" y="${size.height - 12}" text-anchor="middle">${x}</text>`,
    ];
  });
  shown.forEach(({ name, drawn, last }, i) => {
    const colour = colours[i % colours.length];
    const path = drawn.map(({ x, y }) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`);
    parts.push(`<polyline points="${path.join(' ')}" stroke="${colour}"/>`);
    if (path.length < 40) parts.push(...path.map((point) => dot(point, colour)));
    const y = margin.top + 14 + 20 * i;
    const x = size.width - margin.right + 14;
    parts.push(
      `<line x1="${x}" x2="${x + 18}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="3"/>`,
    );
    parts.push(`<text x="${x + 24}" y="${y}">${escapeHtml(name)} ${last.y.toPrecision(3)}</text>`);
  });
  return `<svg viewBox="0 0 ${size.width} ${size.height}" role="img">${parts.join('\n')}</svg>`;
}

function dot(point: string, colour: string): string {
  const [x, y] = point.split(',');
  return `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;
}

/** Reduces a curve to about one point per pixel by averaging groups of consecutive ones. */
function thinned(points: Curve['points']): Curve['points'] {
  const group = Math.ceil(points.length / plotWidth);
  if (group === 1) return points;
  return Array.from({ length: Math.ceil(points.length / group) }, (_, i) => {
    const part = points.slice(i * group, (i + 1) * group);
    const mean = (pick: (point: { x: number; y: number }) => number) =>
      part.reduce((sum, point) => sum + pick(point), 0) / part.length;
    return { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 1;
}

/** Rounds up to 1, 2, 2.5 or 5 times a power of ten. */
function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5].find((factor) => factor * power >= value) ?? 10);
}
