import sharp from 'sharp';
import { UsageError } from '../../core/errors.ts';
import { checkOptions } from '../../core/options.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import { givenPicture } from '../../image/given-picture.ts';
import type { Picture, RawPicture } from '../../image/picture.ts';
import type { ReportContext } from './context.ts';
import { flowSection } from './flow-section.ts';
import { glossaryList, withGlossary } from './glossary.ts';
import { lossSection } from './loss-section.ts';
import { decouplingSection, maskBranchSection } from './mask-section.ts';
import { poolingSection } from './pooling-section.ts';
import { predictionSection } from './prediction-section.ts';
import { resultOverlay } from './result-overlay.ts';
import { resultSection } from './result-section.ts';
import { sharedDrawings } from './shared-drawings.ts';
import { isSourceUrl } from './step-sources.ts';
import { structureSection } from './structure-section.ts';
import { styleSheet } from './style.ts';
import { colours } from './svg.ts';
import { type Language, translator } from './text.ts';
import type { TextKey } from './text-en.ts';
import { structures } from './variants.ts';

export interface ReportOptions {
  /** Default English. */
  readonly language?: Language | undefined;
  /** Names of the picture and the model in the text. */
  readonly pictureName: string;
  readonly modelName: string;
  /** Version of the package, shown in the footer. */
  readonly version: string;
  /**
   * URL of the source tree of that version, `https://host/mask-rcnn/blob/v1.0.0`: the report names the files that implement
   * each step, and links to them if this is given.
   */
  readonly sourceUrl?: string | undefined;
}

const sectionTitles: readonly TextKey[] = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'];

/** Longer side in pixels of the embedded picture, a JPEG of less than half a megabyte. */
const longestSide = 1400;

/**
 * Renders an explanation as a single HTML file: the stages in the order of the article, with pictures, numbers and
 * text. It has no scripts and loads nothing from outside itself.
 * @param picture The original, upright.
 * @throws UsageError where the picture is not decoded or invalid, an option is unknown, or `sourceUrl` is not a URL.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { decodePicture, loadExplainer, renderReport } from 'mask-rcnn';
 *
 * const explainer = await loadExplainer('nuclei');
 * const picture = await decodePicture('photo.jpg');
 * const explanation = await explainer.explain(picture);
 * const names = { pictureName: 'photo.jpg', modelName: 'nuclei', version: '1.0.0' };
 * await writeFile('report.html', await renderReport(picture, explanation, names));
 * await explainer.dispose();
 * ```
 */
export async function renderReport(
  picture: Picture | RawPicture,
  explanation: Explanation,
  options: ReportOptions,
): Promise<string> {
  checkOptions('renderReport', options, {
    language: true,
    pictureName: true,
    modelName: true,
    version: true,
    sourceUrl: true,
  });
  const { language = 'en', sourceUrl } = options;
  if (sourceUrl !== undefined && !isSourceUrl(sourceUrl)) {
    throw new UsageError(
      `sourceUrl: expected a URL that begins with https:, http: or file:, got ${sourceUrl}`,
    );
  }
  const decoded = givenPicture(picture);
  const t = translator(language);
  const context: ReportContext = { explanation, language, t, sourceUrl: sourceUrl?.replace(/\/+$/, '') };
  const title = t('title', { file: shortened(options.pictureName) });
  const sections = [
    resultSection(context, await resultOverlay(context, decoded)),
    flowSection(context),
    maskBranchSection(context),
    decouplingSection(context),
    structureSection(context),
    lossSection(context),
    predictionSection(context),
    poolingSection(context),
  ];
  return [
    `<!doctype html><html lang="${t('language')}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${title}</title><style>${styleSheet}</style></head><body>`,
    await shared(decoded, explanation),
    `<main><header><h1>${title}</h1>${introduction(context, options)}</header>`,
    ...sections.map((section) => withGlossary(section, language)),
    `<section id="glossary"><h2>${t('glossary')}</h2>${glossaryList(language)}</section>`,
    `<footer>${t('footer', { version: options.version })}</footer></main></body></html>\n`,
  ].join('\n');
}

function introduction({ explanation, t }: ReportContext, { modelName }: ReportOptions): string {
  const { picture, model, detections } = explanation;
  const { length } = detections.instances;
  const count =
    length === 0 ? t('objectsNone') : length === 1 ? t('objectsOne') : t('objectsMany', { n: length });
  const structure = structures[model.structure].name;
  const values = { model: modelName, backbone: model.backbone, structure, count, ...picture };
  const entries = sectionTitles.map((key, i) => `<li><a href="#s${i + 1}">${t(key)}</a></li>`);
  return [
    `<p class="lede">${t('lede', values)}</p>`,
    `<nav aria-label="${t('contents')}"><ol>${entries.join('')}</ol></nav>`,
    legend(t),
  ].join('');
}

/** Shortens a long file name by omitting its middle. */
function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 20)}…${name.slice(-16)}` : name;
}

function legend(t: ReportContext['t']): string {
  const item = (colour: string, key: TextKey, dashed = false) =>
    `<li><i style="border-color:${colour}${dashed ? ';border-style:dashed' : ''}"></i>${t(key)}</li>`;
  const items = [
    item(colours.anchor, 'anchor', true),
    item(colours.proposal, 'proposal'),
    item(colours.final, 'finalBox'),
    item(colours.mask, 'maskColour'),
  ];
  return `<ul class="legend" aria-label="${t('legend')}">${items.join('')}</ul>`;
}

/** The shared drawings with the picture embedded. See `sharedDrawings`. */
async function shared({ width, height, data }: Picture, { input }: Explanation): Promise<string> {
  const shrunk = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const fitted = shrunk.resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true });
  const jpeg = await fitted.jpeg({ quality: 88, chromaSubsampling: '4:4:4' }).toBuffer();
  const uri = `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  return sharedDrawings(uri, input);
}
