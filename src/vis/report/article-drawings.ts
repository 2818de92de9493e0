import { quantisedBins } from '../../ops/quantised-bins.ts';
import { drawing } from './svg.ts';

/** Drawings of the article's numerical examples. */

/** n × n pixels divided into 2 × 2 bins, each labelled with its number of pixels. */
export function cellsDrawing(pixels: number): string {
  const cell = 20;
  const { bins } = quantisedBins(0, pixels, 2, 'unequal');
  const side = pixels * cell;
  const parts: string[] = [];
  bins.forEach(([top, bottom], row) => {
    bins.forEach(([left, right], column) => {
      const size = { width: (right - left) * cell, height: (bottom - top) * cell };
      const tone = (row + column) % 2 === 0 ? 'tone' : 'tone pale';
      const [x, y] = [left * cell, top * cell];
      parts.push(`<rect x="${x}" y="${y}" width="${size.width}" height="${size.height}" class="${tone}"/>`);
      const text = `x="${x + size.width / 2}" y="${y + size.height / 2 + 8}"`;
      parts.push(`<text ${text} class="label big">${(right - left) * (bottom - top)}</text>`);
    });
  });
  return drawing([-1, -1, side + 1, side + 1], `${parts.join('')}${gridLines(pixels, cell)}`, 'small');
}

/** An 800 px picture at stride 32 with a 665 px box: 25 × 25 feature pixels, 20.78 → 20, seven bins of 2, six pixels lost. */
export function exampleDrawing(): string {
  const cell = 16;
  const map = 800 / 32;
  const exact = (665 / 32) * cell;
  const { end, bins, dropped } = quantisedBins(0, 665 / 32, 7, 'dropping');
  const whole = end * cell;
  const used = (end - dropped) * cell;
  const lines = bins.map(([, to]) => `M${to * cell} 0V${used}M0 ${to * cell}H${used}`).join('');
  const content = [
    `<rect width="${map * cell}" height="${map * cell}" class="paper"/>`,
    `<rect width="${used}" height="${used}" class="tone pale"/>`,
    `<path d="M${used} 0H${whole}V${whole}H0V${used}H${used}Z" fill="url(#lost-wide)"/>`,
    gridLines(map, cell),
    `<path d="${lines}" class="bins"/>`,
    `<path d="M0 0H${whole}V${whole}H0Z" class="whole"/>`,
    `<path d="M0 0H${exact}V${exact}H0Z" class="exact"/>`,
    `<text x="${used / 2}" y="${used / 2 + 8}" class="label big">7 × 2 = 14</text>`,
    `<text x="${(used + whole) / 2}" y="${used / 2 + 6}" class="label">${dropped}</text>`,
    `<text x="${exact}" y="${exact + 18}" class="label end">20.78 → 20</text>`,
    `<text x="${map * cell}" y="${map * cell + 17}" class="label end">25</text>`,
  ];
  return drawing([-2, -2, map * cell + 2, map * cell + 22], content.join(''), '');
}

function gridLines(count: number, cell: number): string {
  const side = count * cell;
  let path = '';
  for (let i = 0; i <= count; i++) path += `M${i * cell} 0V${side}M0 ${i * cell}H${side}`;
  return `<path d="${path}" class="lines"/>`;
}
