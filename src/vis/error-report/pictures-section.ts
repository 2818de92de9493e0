import { escapeHtml } from '../../core/escape-html.ts';
import type { MarkedPicture } from '../../eval/marked-picture.ts';
import { figure, section } from '../report/html.ts';
import type { ErrorContext } from './context.ts';
import type { EmbeddedPicture } from './embedded-picture.ts';
import { detectionDrawing, drawingKey, truthDrawing } from './marked-drawing.ts';

/** The marked pictures of a model, and how they are embedded, by picture id. */
export interface ShownPictures {
  readonly marked: ReadonlyMap<number, MarkedPicture>;
  readonly embedded: ReadonlyMap<number, EmbeddedPicture>;
}

/** The worst pictures: annotations beside detections. */
export function worstSection(context: ErrorContext, pictures: ShownPictures, number: number): string {
  const { analysis, t } = context;
  if (analysis.worst.length === 0) return section(number, t('sWorst'), [`<p>${t('worstNone')}</p>`]);
  const blocks = analysis.worst.flatMap((errors) => {
    const marked = pictures.marked.get(errors.imageId);
    const embedded = pictures.embedded.get(errors.imageId);
    if (!marked || !embedded) return [];
    const { scale } = embedded;
    const drawings = [
      [t('truth'), truthDrawing(context, marked.truths, scale)],
      [t('detected'), detectionDrawing(context, marked.detections, scale)],
    ] as const;
    return [pictureBlock(embedded, t('worstOne', { ...errors, f1: errors.f1.toFixed(2) }), drawings)];
  });
  return section(number, t('sWorst'), [
    `<p>${t('worstText')}</p>`,
    noPictureNote(context, pictures),
    drawingKey(context),
    ...blocks,
  ]);
}

/** A picture with several drawings over it, side by side. @param line,drawings HTML and SVG. */
export function pictureBlock(
  embedded: EmbeddedPicture,
  line: string,
  drawings: readonly (readonly [caption: string, content: string])[],
): string {
  const figures = drawings.map(([caption, content]) =>
    figure(overPicture(embedded, content, caption), caption),
  );
  const columns = drawings.length === 3 ? 'pair three' : 'pair';
  return `<div class="picture"><h3>${escapeHtml(embedded.name)}</h3><p>${line}</p><div class="${columns}">${figures.join('')}</div></div>`;
}

/** Says that pictures are missing, if they are. */
function noPictureNote({ t }: ErrorContext, { embedded }: ShownPictures): string {
  const isMissing = [...embedded.values()].some(({ address }) => address === null);
  return isMissing ? `<p class="note">${t('noPicture')}</p>` : '';
}

function overPicture(
  { id, width, height, address }: EmbeddedPicture,
  content: string,
  label: string,
): string {
  const under =
    address === null ? `<rect class="blank" width="${width}" height="${height}"/>` : `<use href="#${id}"/>`;
  return `<svg viewBox="0 0 ${width} ${height}" class="marked" role="img" aria-label="${label}">${under}${content}</svg>`;
}
