import { join } from 'node:path';
import { escapeHtml } from '../../core/escape-html.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { runFiles } from '../folder.ts';
import { type Curve, chartSvg } from './chart.ts';
import type { CurvePoint } from './chart-scale.ts';
import { type Metrics, metricNames } from './metric.ts';

export interface ReportFacts {
  readonly title: string;
  /** Name → value, shown as a table. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Writes `training.html`: loss, validation, learning-rate and speed curves in one self-contained file. */
export async function writeReport(
  folder: string,
  history: readonly Metrics[],
  about: ReportFacts,
): Promise<void> {
  await writeAtomically(join(folder, runFiles.report), reportHtml(history, about));
}

/** The HTML document that `writeReport` writes. */
export function reportHtml(history: readonly Metrics[], { title, facts }: ReportFacts): string {
  const curvesOf = (prefix: string) => curves(history, prefix);
  const rows = Object.entries(facts).map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const validation = curvesOf(metricNames.validation);
  const sections = [
    section(
      'Losses',
      chartSvg(curvesOf(metricNames.losses).map(smoothed)),
      'Moving average over 1/50 of the run.',
    ),
    validation.length > 0 ? section('Validation', chartSvg(validation, [0, 1]), metricsNote(validation)) : '',
    section('Learning rate', chartSvg(curvesOf(metricNames.learningRate)), ''),
    section('Speed', chartSvg(curvesOf(metricNames.picturesPerSecond).map(smoothed)), 'Pictures per second.'),
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<h1>${escapeHtml(title)}</h1>
<table>${rows.join('')}</table>
${sections.join('\n')}
</html>
`;
}

const style = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h2 { margin: 2rem 0 .25rem } p { margin: 0 0 .5rem; color: #666 }
th { text-align: left; font-weight: 600; padding-right: 1.5rem }
svg { width: 100%; font-size: 12px } svg text { fill: #333 }
polyline { fill: none; stroke-width: 1.8 } .grid { stroke: #ddd }`;

function metricsNote(validation: readonly Curve[]): string {
  const isSemantic = validation.some(({ name }) => name === 'mean IoU');
  return isSemantic
    ? 'Pixel accuracy, and intersection over union averaged over the classes, 0…1.'
    : 'COCO average precision, 0…1.';
}

function section(title: string, chart: string, note: string): string {
  return `<section><h2>${title}</h2>${note ? `<p>${note}</p>` : ''}${chart}</section>`;
}

/** One curve for each metric whose name starts with the prefix, named by the rest of the metric's name. Steps count from 1. */
function curves(history: readonly Metrics[], prefix: string): Curve[] {
  const points = new Map<string, CurvePoint[]>();
  for (const { step: index, values } of history) {
    const step = index + 1;
    for (const [name, value] of Object.entries(values)) {
      if (!name.startsWith(prefix)) continue;
      const known = points.get(name) ?? [];
      points.set(name, known);
      known.push({ step, value });
    }
  }
  return [...points].map(([name, list]) => ({ name: name.slice(prefix.length) || name, points: list }));
}

function smoothed({ name, points }: Curve): Curve {
  const window = Math.max(1, Math.floor(points.length / 50));
  let sum = 0;
  const means = points.map(({ step, value }, i) => {
    sum += value - (i >= window ? points[i - window].value : 0);
    return { step, value: sum / Math.min(window, i + 1) };
  });
  return { name, points: means };
}
