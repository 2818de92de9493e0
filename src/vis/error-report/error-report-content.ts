import type { AnalysedErrors, AnalysedModel } from '../../eval/analysed.ts';
import type { Language } from '../report/text.ts';
import { calibrationSection } from './calibration-section.ts';
import { classesSection } from './classes-section.ts';
import { comparisonSection } from './comparison-section.ts';
import { confusionSection } from './confusion-section.ts';
import { type ErrorContext, thresholdText } from './context.ts';
import {
  type EmbeddedPicture,
  type EncodePicture,
  embedPicture,
  type ReportImage,
  sharedImages,
} from './embedded-picture.ts';
import { errorsSection } from './errors-section.ts';
import { metricsSection } from './metrics-section.ts';
import { type ShownPictures, worstSection } from './pictures-section.ts';
import { sizesSection } from './sizes-section.ts';
import { errorReportStyle } from './style.ts';
import { errorTranslator } from './text.ts';
import type { ErrorTextKey } from './text-en.ts';
import { thresholdSection } from './threshold-section.ts';
import { verdictBlock } from './verdict-section.ts';

/** What the report says of the models and the data. */
export interface ErrorReportTexts {
  /** Default English. */
  readonly language?: Language | undefined;
  /** Names of the model and of the data set in the text. */
  readonly modelName: string;
  readonly dataName: string;
  /** Name of the second model, if two are compared. */
  readonly comparedName?: string | undefined;
  /** Version of the package, shown in the footer. */
  readonly version: string;
  /** The pictures of the data set: those that are shown get their names and sizes from here. */
  readonly images: readonly ReportImage[];
}

interface Section {
  readonly title: ErrorTextKey;
  /** @param number From 1. */
  render(number: number): string;
}

/** The report without its style sheet, `errorReportStyle`. Nothing in it references anything outside itself. */
export interface ErrorReportContent {
  /** Escaped. */
  readonly title: string;
  /** What the body contains. Anchors are `#s1`, `#s2`, …, one for each section. */
  readonly html: string;
}

/**
 * Renders an error analysis.
 * @param encode Called for each picture that is shown.
 */
export async function errorReportContent(
  analysed: AnalysedErrors,
  options: ErrorReportTexts,
  encode: EncodePicture,
): Promise<ErrorReportContent> {
  const { language = 'en' } = options;
  const { analysis, compared } = analysed;
  const context: ErrorContext = { analysis, language, t: errorTranslator(language) };
  const { t } = context;
  const embedded = await embedPictures(analysed, options.images, encode);
  const pictures = shownPictures(analysed, embedded);
  const names = { a: options.modelName, b: options.comparedName ?? 'B' };
  const second = compared && { ...compared, names, pictures: shownPictures(compared, embedded) };
  const title = second ? t('titleCompared', names) : t('title', { model: options.modelName });
  const sections: Section[] = [
    ...(second
      ? [
          {
            title: 'sComparison',
            render: (n) => comparisonSection(context, second, pictures, n),
          } satisfies Section,
        ]
      : []),
    { title: 'sMetrics', render: (n) => metricsSection(context, n) },
    { title: 'sErrors', render: (n) => errorsSection(context, n) },
    { title: 'sThreshold', render: (n) => thresholdSection(context, n) },
    { title: 'sClasses', render: (n) => classesSection(context, n) },
    { title: 'sConfusion', render: (n) => confusionSection(context, n) },
    { title: 'sCalibration', render: (n) => calibrationSection(context, n) },
    { title: 'sSizes', render: (n) => sizesSection(context, n) },
    { title: 'sWorst', render: (n) => worstSection(context, pictures, n) },
  ];
  const entries = sections.map((section, i) => `<li><a href="#s${i + 1}">${t(section.title)}</a></li>`);
  const html = [
    sharedImages(embedded.values()),
    `<header><h1>${title}</h1><p class="lede">${lede(context, options)}</p>`,
    second ? `<p><b>${t('modelA', { name: names.a })}</b></p>` : '',
    verdictBlock(context),
    second
      ? `<p><b>${t('modelB', { name: names.b })}</b></p>${verdictBlock({ ...context, analysis: second.analysis })}`
      : '',
    `<nav aria-label="${t('contents')}"><ol>${entries.join('')}</ol></nav></header>`,
    ...sections.map(({ render }, i) => render(i + 1)),
    `<footer>${t('footer', { version: options.version })}</footer>`,
  ].join('\n');
  return { title, html };
}

/** The report as a single HTML file. */
export function errorReportDocument({ title, html }: ErrorReportContent, language: Language): string {
  return [
    `<!doctype html><html lang="${errorTranslator(language)('language')}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${title}</title><style>${errorReportStyle}</style></head><body>`,
    `<main>${html}</main></body></html>\n`,
  ].join('\n');
}

function lede({ analysis, t }: ErrorContext, { dataName }: ErrorReportTexts): string {
  return t('lede', {
    pictures: analysis.pictures,
    objects: analysis.objects,
    data: dataName,
    shape: t(analysis.type === 'segm' ? 'shapeMask' : 'shapeBox'),
    iou: analysis.iou,
    score: thresholdText(analysis.scoreThreshold),
  });
}

/** The pictures that are shown, by id. */
async function embedPictures(
  { pictures }: AnalysedModel,
  images: readonly ReportImage[],
  encode: EncodePicture,
): Promise<Map<number, EmbeddedPicture>> {
  const ids = new Set(pictures.map(({ imageId }) => imageId));
  const embedded = new Map<number, EmbeddedPicture>();
  for (const image of images) {
    if (ids.has(image.id) && !embedded.has(image.id))
      embedded.set(image.id, await embedPicture(image, encode));
  }
  return embedded;
}

function shownPictures(model: AnalysedModel, embedded: ReadonlyMap<number, EmbeddedPicture>): ShownPictures {
  return { marked: new Map(model.pictures.map((picture) => [picture.imageId, picture])), embedded };
}
