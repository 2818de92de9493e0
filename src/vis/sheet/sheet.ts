import sharp from 'sharp';
import { escapeHtml } from '../../core/escape-html.ts';
import { largest, smallest } from '../../core/extremes.ts';
import type { Picture } from '../../image/picture.ts';
import { drawInstances } from '../draw-instances.ts';
import type { Drawable } from '../drawable.ts';
import { sheetScript, sheetStyle } from './sheet-page.ts';

/** A picture with its instances drawn over it. */
export interface SheetView {
  /** Shown below the picture; default: none. */
  readonly caption?: string;
  readonly picture: Picture;
  readonly instances: readonly Drawable[];
}

/** An entry of a sheet, sorted by the instances of its first view. */
export interface SheetEntry {
  readonly name: string;
  /** At least one. */
  readonly views: readonly SheetView[];
}

/** Longer side of the pictures in a sheet, in pixels. */
const longestSide = 640;

/** The start of a sheet, up to its first picture. */
export function sheetStart({ title, categories }: { title: string; categories: readonly string[] }): string {
  const options = categories.map((name) => `<option>${escapeHtml(name)}</option>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${sheetStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<label>Sort by <select id="sort">
<option value="name">picture</option>
<option value="best">best score</option>
<option value="worst">lowest score first</option>
<option value="count">number of instances</option>
<option value="class">class</option>
</select></label>
<label>Class <select id="class"><option value="">all</option>${options}</select></label>
<output id="shown"></output>
</header>
<main>
`;
}

/** One entry: its views, and a list of the instances of the first. */
export async function sheetCard({ name, views }: SheetEntry): Promise<string> {
  const { instances } = views[0];
  const scores = instances.flatMap(({ score }) => score ?? []);
  const byScore = instances.toSorted((a, b) => (b.score ?? 1) - (a.score ?? 1));
  const classes = [...new Set(byScore.map(({ category }) => category.name))];
  const facts = {
    name,
    best: scores.length === 0 ? '' : largest(scores),
    worst: scores.length === 0 ? '' : smallest(scores),
    count: instances.length,
    classes: JSON.stringify(classes),
  };
  const attributes = Object.entries(facts).map(
    ([key, value]) => `data-${key}="${escapeHtml(String(value))}"`,
  );
  const figures: string[] = [];
  for (const view of views) figures.push(await figureOf(name, view));
  return `<article ${attributes.join(' ')}>
${figures.join('')}
<h2>${escapeHtml(name)}</h2>
<ul>${classes.map((category) => itemOf(category, byScore)).join('')}</ul>
</article>
`;
}

/** The end of a sheet, after its last picture. */
export function sheetEnd(): string {
  return `</main>\n<script>${sheetScript}</script>\n</body>\n</html>\n`;
}

async function figureOf(name: string, { caption, picture, instances }: SheetView): Promise<string> {
  const { data, info } = await sharp(await drawInstances(picture, instances))
    .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer({ resolveWithObject: true });
  const source = `data:image/webp;base64,${data.toString('base64')}`;
  const image = `<img loading="lazy" width="${info.width}" height="${info.height}" alt="${escapeHtml(altOf(name, instances))}" src="${source}">`;
  return `<figure>${image}${caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`}</figure>`;
}

/** A class with the scores of its instances, best first. */
function itemOf(category: string, instances: readonly Drawable[]): string {
  const own = instances.filter((instance) => instance.category.name === category);
  const scores = own.flatMap(({ score }) => (score === undefined ? [] : score.toFixed(2)));
  const list = scores.length === 0 ? '' : ` <span>${scores.join(' ')}</span>`;
  return `<li><b>${escapeHtml(category)}</b> ${own.length}${list}</li>`;
}

function altOf(name: string, { length }: readonly Drawable[]): string {
  return `${name} with ${length} ${length === 1 ? 'instance' : 'instances'}`;
}
