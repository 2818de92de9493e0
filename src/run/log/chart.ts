import { escapeHtml } from '../../core/escape-html.ts';
import { largest } from '../../core/extremes.ts';
import { type CurvePoint, thin, upperEnd } from './chart-scale.ts';

/** A named curve. */
export interface Curve {
  readonly name: string;
  /** In the order of steps. */
  readonly points: readonly CurvePoint[];
}

const size = { width: 860, height: 300 };
const margin = { left: 66, right: 190, top: 14, bottom: 34 };
const plotWidth = size.width - margin.left - margin.right;
/** The Okabe–Ito palette, distinguishable with colour vision deficiency. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/**
 * Line chart of curves over steps as an SVG element with axes and a legend.
 * @param range Ends of the vertical axis; default 0 and `upperEnd`.
 */
export function chartSvg(curves: readonly Curve[], range?: readonly [number, number]): string {
  const shown = curves
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => ({ name, drawn: thin(points), last: points[points.length - 1] }));
  const lastStep = Math.max(1, largest(shown.map(({ last }) => last.step)));
  const [bottom, top] = range ?? [0, upperEnd(shown.map(({ drawn }) => drawn))];
  const plotHeight = size.height - margin.top - margin.bottom;
  const toX = (x: number) => margin.left + (x / lastStep) * plotWidth;
  // The first losses may be off the scale; clipping them keeps the rest of the curve readable.
  const toY = (y: number) => margin.top + (1 - (Math.min(y, top) - bottom) / (top - bottom)) * plotHeight;
  const parts = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const y = bottom + share * (top - bottom);
    const x = Math.round(share * lastStep);
    return [
      `<line class="grid" x1="${margin.left}" x2="${margin.left + plotWidth}" y1="${toY(y).toFixed(1)}" y2="${toY(y).toFixed(1)}"/>`,
      `<text x="${margin.left - 8}" y="${(toY(y) + 4).toFixed(1)}" text-anchor="end">${Number(y.toPrecision(3))}</text>`,
      `<text x="${toX(x).toFixed(1)}" y="${size.height - 12}" text-anchor="middle">${x}</text>`,
    ];
  });
  shown.forEach(({ name, drawn, last }, i) => {
    const colour = colours[i % colours.length];
    const path = drawn.map(({ step, value }) => `${toX(step).toFixed(1)},${toY(value).toFixed(1)}`);
    parts.push(`<polyline points="${path.join(' ')}" stroke="${colour}"/>`);
    if (path.length < 40) parts.push(...path.map((point) => dot(point, colour)));
    const y = margin.top + 14 + 20 * i;
    const x = size.width - margin.right + 14;
    parts.push(
      `<line x1="${x}" x2="${x + 18}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="3"/>`,
    );
    parts.push(`<text x="${x + 24}" y="${y}">${escapeHtml(name)} ${last.value.toPrecision(3)}</text>`);
  });
  return `<svg viewBox="0 0 ${size.width} ${size.height}" role="img">${parts.join('\n')}</svg>`;
}

function dot(point: string, colour: string): string {
  const [x, y] = point.split(',');
  return `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;
}
