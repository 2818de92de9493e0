import { className, focusNote, type ReportContext } from './context.ts';
import { boxText, figure, fixed, grouped, joinSentences, section, step, table } from './html.ts';
import { sourcesOf } from './step-sources.ts';
import { colours, photo, strongBox } from './svg.ts';

const rowsShown = 8;

/** Section 1: the result. @param overlay The instances as SVG in pixels of the resized picture. */
export function resultSection(context: ReportContext, overlay: string): string {
  const { explanation, t } = context;
  const { instances } = explanation.detections;
  const { mask, keypoints } = explanation.model;
  const caption = [mask ? t('resultCaption') : t('resultCaptionNoMask')];
  if (keypoints !== null) caption.push(t('keypointsToo', { n: keypoints }));
  const rows = instances.length > 0 ? [instanceTable(context)] : [];
  return section(1, t('s1'), [
    step({
      heading: '',
      text: [t('s1a'), t('s1b')],
      figures: [figure(resultPicture(context, overlay), joinSentences(caption), 'wide')],
    }),
    ...rows,
    focusNote(context),
    sourcesOf(context, 'result'),
  ]);
}

function resultPicture({ explanation: { input, focus } }: ReportContext, overlay: string): string {
  const marked = focus && focus.instance !== null ? strongBox(focus.box, colours.final) : '';
  return photo(input, overlay + marked);
}

function instanceTable(context: ReportContext): string {
  const { explanation, t } = context;
  const { instances } = explanation.detections;
  const withMasks = explanation.model.mask !== null;
  const heading = [t('number'), t('className'), t('score'), t('boxHeading')];
  const chosen = explanation.focus?.instance ?? -1;
  const shown = [...instances.keys()].filter((i) => i < rowsShown || i === chosen);
  const rows = shown.map((i) => {
    const { label, score, originalBox, mask } = instances[i];
    const row = [String(i + 1), className(context, label), fixed(score, 3), boxText(originalBox)];
    if (mask) row.push(grouped(mask.counts.reduce((sum, n, run) => (run % 2 ? sum + n : sum), 0)));
    return row;
  });
  const rest = instances.length - shown.length;
  const more = rest > 0 ? `<p>${t('moreRows', { n: rest })}</p>` : '';
  return table([withMasks ? [...heading, t('maskPixels')] : heading, ...rows]) + more;
}
