/**
 * `npm run docs:figures` draws what the model `photos` computes on a photograph of the demo, and puts the pictures with their
 * captions into the pages "How Mask R-CNN works", between `<!-- figures: NAME -->` and `<!-- /figures -->`. It also draws
 * the sample picture that ships with the package, docs/images/cells.png. Needs Chromium at /usr/bin/chromium or in
 * CHROMIUM. Run it again when the model or the report changes.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { drawNuclei } from '../examples/demo/draw-nuclei.ts';
import { decodePicture, loadExplainer, renderReport } from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const docs = join(root, 'docs');
const folder = join(docs, 'images', 'how');
const pages = { en: join(docs, 'mask-rcnn.md'), zh: join(docs, 'zh', 'mask-rcnn.md') } as const;
type Language = keyof typeof pages;

const pictureName = 'airport.jpg';
const modelName = 'photos';

/** Groups of figures in the order of the report. */
const groups = [
  'result',
  'input',
  'features',
  'rpn',
  'proposals',
  'align',
  'box',
  'mask',
  'classes',
  'decoupling',
  'loss',
  'prediction',
  'bins',
  'example',
  'poolers',
] as const;

/** Largest width of a picture on a page, in CSS pixels; pictures have twice as many pixels. */
const widest = 460;

interface Figure {
  /** Name of its group, and its position there. */
  readonly name: string;
  /** HTML. */
  readonly caption: string;
}

await drawSample(join(docs, 'images', 'cells.png'));
const picture = await decodePicture(join(root, 'examples', 'demo', 'pictures', pictureName));
const explainer = await loadExplainer(modelName);
const explanation = await explainer.explain(picture);
await explainer.dispose();

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const language of Object.keys(pages) as Language[]) {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, deviceScaleFactor: 2 });
  const options = { language, pictureName, modelName, version: '' };
  await page.setContent(await renderReport(picture, explanation, options));
  const figures = await nameFigures(page);
  await insertFigures(pages[language], figures, page);
  await page.close();
}
await browser.close();

/** Nuclei under a microscope, which the `nuclei` model has not seen; grey, so that the file is small. */
async function drawSample(path: string): Promise<void> {
  const { width, height, data } = drawNuclei({ seed: 7, width: 384, height: 256 }).picture;
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  await picture.greyscale().png({ compressionLevel: 9, effort: 10 }).toFile(path);
}

/** Gives every figure of the report an id, `GROUP-POSITION`, and reads its caption. */
async function nameFigures(page: Page): Promise<Figure[]> {
  const sizes = await page.evaluate(() => {
    const parents = new Map<Element | null, number>();
    for (const { parentElement } of document.querySelectorAll('figure')) {
      parents.set(parentElement, (parents.get(parentElement) ?? 0) + 1);
    }
    return [...parents.values()];
  });
  if (sizes.length !== groups.length) {
    throw new Error(
      `the report has ${sizes.length} groups of figures, scripts/docs-figures.ts names ${groups.length}`,
    );
  }
  const names = groups.flatMap((group, i) => Array.from({ length: sizes[i] }, (_, k) => `${group}-${k + 1}`));
  const captions = await page.$$eval(
    'figure',
    (figures, all) =>
      figures.map((figure, i) => {
        figure.id = all[i];
        const caption = figure.querySelector('figcaption');
        for (const key of caption?.querySelectorAll('svg') ?? []) {
          const square = document.createElement('span');
          square.textContent = '■';
          square.style.color = key.querySelector('rect')?.getAttribute('fill') ?? '';
          key.replaceWith(square);
        }
        return caption?.innerHTML.replaceAll(/ class="[^"]*"/g, '') ?? '';
      }),
    names,
  );
  return names.map((name, i) => ({ name, caption: captions[i] }));
}

/** Replaces the groups of figures that a page shows, and writes the pictures that it is the first to show. */
async function insertFigures(path: string, figures: readonly Figure[], page: Page): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const pattern = /<!-- figures: ([\w -]+) -->[\s\S]*?<!-- \/figures -->/g;
  const images = relative(dirname(path), folder);
  let written = '';
  let end = 0;
  for (const { 0: found, 1: list, index } of text.matchAll(pattern)) {
    const shown = list.split(' ').flatMap((name) => {
      const some = figures.filter((figure) => figure.name === name || figure.name.startsWith(`${name}-`));
      if (some.length === 0) throw new Error(`${path}: the report has no figure ${name}`);
      return some;
    });
    const elements = [];
    for (const figure of shown) elements.push(await element(figure, images, page));
    written += text.slice(end, index);
    const columns = `figures columns-${columnsFor(elements.length)}`;
    written += `<!-- figures: ${list} -->\n<div class="${columns}">\n${elements.join('\n')}\n</div>\n<!-- /figures -->`;
    end = index + found.length;
  }
  writeFileSync(path, written + text.slice(end));
}

/** On a wide screen; a narrow one has at most two. */
function columnsFor(figures: number): number {
  if (figures > 6) return 2;
  return figures > 4 ? 3 : figures;
}

async function element({ name, caption }: Figure, images: string, page: Page): Promise<string> {
  const file = join(folder, `${name}.webp`);
  const drawn = page.locator(`#${name} > :not(figcaption)`).first();
  const bounds = await drawn.boundingBox();
  const width = Math.min(Math.round(bounds?.width ?? widest), widest);
  const shot = sharp(await drawn.screenshot()).resize({ width: 2 * width, withoutEnlargement: true });
  const bytes = await shot.webp({ quality: 86 }).toBuffer();
  writeFileSync(file, bytes);
  const text = caption.replaceAll(/<[^>]+>|■/g, '').replaceAll('"', '&quot;');
  const source = `./${join(images, `${name}.webp`)}`.replace('./../', '../');
  const image = `<img src="${source}" alt="${text}" width="${width}">`;
  return `<figure style="max-width:${width}px">${image}<figcaption>${caption}</figcaption></figure>`;
}
