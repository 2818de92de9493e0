import sharp from 'sharp';
import { largest } from '../core/extremes.ts';
import { textPath, textWidth } from './lettering.ts';

/** Data of an evaluation plot. All values are in 0…1. */
export interface EvaluationPlot {
  readonly title: string;
  /** Recall values of the curves' points, ascending. */
  readonly recalls: readonly number[];
  /** One curve per IoU threshold, lowest first. */
  readonly curves: readonly { readonly label: string; readonly precision: readonly number[] }[];
  /** One bar per class; `marker` is a second value, drawn as a tick. */
  readonly bars: readonly { readonly label: string; readonly value: number; readonly marker: number }[];
}

const side = 460;
const margin = { left: 70, top: 70, right: 150, bottom: 70 };
const ink = '#1f2933';
const faint = '#d9dee4';
const barHeight = 14;
const barStep = 20;
/** Bars per column. */
const barsPerColumn = 40;
const barLength = 200;

/** An SVG document: precision over recall on the left; AP per class, best first, on the right. Text is drawn as paths. */
export function evaluationPlot(plot: EvaluationPlot): string {
  const bars = plot.bars.toSorted((a, b) => b.value - a.value);
  const labelWidth = Math.max(40, largest(bars.map(({ label }) => textWidth(label, 12))));
  const columns = Math.max(1, Math.ceil(bars.length / barsPerColumn));
  const columnWidth = labelWidth + barLength + 80;
  const barsLeft = margin.left + side + margin.right;
  const width = Math.ceil(barsLeft + (bars.length > 0 ? columns * columnWidth : 0) + 20);
  const rows = Math.min(bars.length, barsPerColumn);
  const height = Math.ceil(Math.max(margin.top + side + margin.bottom, margin.top + rows * barStep + 40));
  const content = [
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(plot.title, { at: [margin.left, 36], size: 20 }),
    axes(),
    ...plot.curves.map((curve, i) =>
      curvePath(curve.precision, plot.recalls, colorOf(i, plot.curves.length)),
    ),
    ...legend(plot),
  ];
  if (bars.length > 0) content.push(text('AP of each class (tick: AP50)', { at: [barsLeft, 58], size: 13 }));
  bars.forEach((bar, i) => {
    const left = barsLeft + Math.floor(i / barsPerColumn) * columnWidth;
    content.push(barElements(bar, [left, margin.top + (i % barsPerColumn) * barStep], labelWidth));
  });
  const start = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
  return `${start}\n${content.join('\n')}\n</svg>\n`;
}

/** The plot as a PNG file at twice its size. */
export async function renderPlot(svg: string): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { density: 144, unlimited: true }).png().toBuffer();
}

function axes(): string {
  const parts: string[] = [];
  for (let tick = 0; tick <= 10; tick += 2) {
    const x = margin.left + (side * tick) / 10;
    const y = margin.top + side - (side * tick) / 10;
    const label = (tick / 10).toFixed(1);
    parts.push(
      `<path d="M${x} ${margin.top}V${margin.top + side}M${margin.left} ${y}H${margin.left + side}" stroke="${faint}"/>`,
    );
    parts.push(text(label, { at: [x, margin.top + side + 20], size: 12, anchor: 'middle' }));
    parts.push(text(label, { at: [margin.left - 8, y + 4], size: 12, anchor: 'end' }));
  }
  parts.push(
    `<rect x="${margin.left}" y="${margin.top}" width="${side}" height="${side}" fill="none" stroke="${ink}"/>`,
  );
  parts.push(
    text('recall', { at: [margin.left + side / 2, margin.top + side + 46], size: 14, anchor: 'middle' }),
  );
  const label = text('precision', { at: [0, 0], size: 14, anchor: 'middle' });
  parts.push(
    `<g transform="translate(${margin.left - 44} ${margin.top + side / 2}) rotate(-90)">${label}</g>`,
  );
  return parts.join('\n');
}

function curvePath(precision: readonly number[], recalls: readonly number[], color: string): string {
  const points = precision.map(
    (value, i) =>
      `${(margin.left + side * recalls[i]).toFixed(1)} ${(margin.top + side * (1 - value)).toFixed(1)}`,
  );
  return `<path d="M${points.join('L')}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`;
}

function legend({ curves }: EvaluationPlot): string[] {
  return curves.map(({ label }, i) => {
    const x = margin.left + side + 20;
    const y = margin.top + 12 + i * barStep;
    const line = `<path d="M${x} ${y - 4}h18" stroke="${colorOf(i, curves.length)}" stroke-width="3"/>`;
    return line + text(label, { at: [x + 26, y], size: 12 });
  });
}

function barElements(
  { label, value, marker }: EvaluationPlot['bars'][number],
  [left, top]: readonly [number, number],
  labelWidth: number,
): string {
  const start = left + labelWidth + 8;
  const baseline = top + barHeight - 3;
  return [
    text(label, { at: [start - 8, baseline], size: 12, anchor: 'end' }),
    `<rect x="${start.toFixed(1)}" y="${top}" width="${barLength}" height="${barHeight}" fill="#eef1f4"/>`,
    `<rect x="${start.toFixed(1)}" y="${top}" width="${(barLength * value).toFixed(1)}" height="${barHeight}" fill="${colorOf(0, 2)}"/>`,
    `<path d="M${(start + barLength * Math.max(marker, 0)).toFixed(1)} ${top}v${barHeight}" stroke="${ink}" stroke-width="2"/>`,
    text(value.toFixed(3), { at: [start + barLength + 6, baseline], size: 12 }),
  ].join('');
}

/** From dark blue (lowest threshold) to light orange; distinguishable in greyscale. */
function colorOf(index: number, count: number): string {
  const share = count <= 1 ? 0 : index / (count - 1);
  const mix = (from: number, to: number) => Math.round(from + (to - from) * share);
  return `rgb(${mix(24, 243)},${mix(78, 156)},${mix(150, 72)})`;
}

interface TextStyle {
  readonly at: readonly [x: number, y: number];
  readonly size: number;
  readonly anchor?: 'start' | 'middle' | 'end';
}

function text(content: string, { at: [x, y], size, anchor = 'start' }: TextStyle): string {
  const shift = { start: 0, middle: 0.5, end: 1 }[anchor] * textWidth(content, size);
  return `<path d="${textPath(content, [x - shift, y], size)}" fill="${ink}"/>`;
}
