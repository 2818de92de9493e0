import { tenth } from '../rounding.ts';

/** Geometry of a chart whose axes run from 0 to 1, in units of its view. */
const side = { width: 400, height: 260 };
const margin = { left: 44, top: 12, right: 14, bottom: 44 };

/** Position of a value of the horizontal axis, 0…1. */
export function chartX(value: number): number {
  return tenth(margin.left + side.width * value);
}

/** Position of a value of the vertical axis, 0…1. */
export function chartY(value: number): number {
  return tenth(margin.top + side.height * (1 - value));
}

/** A line through points in 0…1. @param className A class of the style sheet. */
export function chartLine(points: readonly (readonly [x: number, y: number])[], className: string): string {
  const path = points.map(([x, y]) => `${chartX(x)} ${chartY(y)}`).join('L');
  return `<path class="line ${className}" d="M${path}"/>`;
}

/**
 * An SVG element with axes from 0 to 1.
 * @param content SVG. @param labels HTML: the names of the axes.
 */
export function chart(
  content: string,
  labels: { readonly x: string; readonly y: string },
  title: string,
): string {
  const width = margin.left + side.width + margin.right;
  const height = margin.top + side.height + margin.bottom;
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((tick) =>
    [
      `<path class="lined" d="M${chartX(tick)} ${chartY(0)}V${chartY(1)}M${chartX(0)} ${chartY(tick)}H${chartX(1)}"/>`,
      `<text x="${chartX(tick)}" y="${chartY(0) + 16}" text-anchor="middle">${tick}</text>`,
      `<text x="${chartX(0) - 6}" y="${chartY(tick) + 4}" text-anchor="end">${tick}</text>`,
    ].join(''),
  );
  return [
    `<svg viewBox="0 0 ${width} ${height}" class="chart" role="img" aria-label="${title}">`,
    ...ticks,
    content,
    `<rect class="frame" x="${chartX(0)}" y="${chartY(1)}" width="${side.width}" height="${side.height}"/>`,
    `<text x="${chartX(0.5)}" y="${height - 8}" text-anchor="middle">${labels.x}</text>`,
    `<text transform="translate(12 ${chartY(0.5)}) rotate(-90)" text-anchor="middle">${labels.y}</text>`,
    '</svg>',
  ].join('');
}

/** The key of a chart: what each line is. @param entries Class and HTML of each. */
export function chartKey(entries: readonly (readonly [className: string, text: string])[]): string {
  const items = entries.map(
    ([name, text]) =>
      `<li><svg viewBox="0 0 32 12" class="chart" aria-hidden="true"><path class="line ${name}" d="M0 6H32"/></svg>${text}</li>`,
  );
  return `<ul class="keys">${items.join('')}</ul>`;
}
