import { escapeHtml } from '../../core/escape-html.ts';
import type { Explanation } from '../../explanation/explanation.ts';
import type { Focus } from '../../explanation/focus.ts';
import type { ExplainedInstance } from '../../explanation/stages.ts';
import { rleFromCounts } from '../../ops/rle/rle.ts';
import type { Drawable } from '../drawable.ts';
import { shownName } from './shown-names.ts';
import type { Language, Translate } from './text.ts';

/** The input of every section of the report. */
export interface ReportContext {
  readonly explanation: Explanation;
  readonly language: Language;
  /** The texts of `language`. */
  readonly t: Translate;
  /** URL of the package's source tree, without a slash at the end, for links to its files; absent: they are named. */
  readonly sourceUrl?: string | undefined;
}

/** The display name of a class; HTML. */
export function className(context: ReportContext, label: number): string {
  return escapeHtml(plainClassName(context, label));
}

/** The display name of a class as plain text, for values that `t` escapes. */
export function plainClassName({ explanation, language, t }: ReportContext, label: number): string {
  return label === 0 ? t('background') : shownName(explanation.model.classes[label], language);
}

/** The name of a level as in the article: P2…P6, C4, C5. */
export function levelName(level: string): string {
  return level.toUpperCase();
}

/** An instance in the form in which it is drawn over the original picture; labels keep the model's names, as their font has Latin letters only. */
export function drawableOf({ explanation }: ReportContext, instance: ExplainedInstance): Drawable {
  const { mask, pose, originalBox, score, label } = instance;
  const name = explanation.model.classes[label];
  const rle = mask && rleFromCounts(mask.counts, mask.size);
  return { box: originalBox, score, category: { name }, mask: rle, keypoints: pose };
}

/** Explains why there is no mask to show; HTML, empty if there is one. */
export function maskNote({ explanation: { model, focus, detections }, t }: ReportContext): string {
  if (focus?.mask) return '';
  if (model.mask === null) {
    return note(
      model.keypoints === null ? t('noMaskBranch') : t('noMaskButKeypoints', { n: model.keypoints }),
    );
  }
  if (focus && detections.instances.length > 0) return note(t('emptyBox'));
  return note(t('noDetection', { score: detections.scoreThreshold }));
}

/** Says which RoI the steps follow; HTML. */
export function focusNote(context: ReportContext): string {
  const { explanation, t } = context;
  const { focus } = explanation;
  if (!focus) return note(t('noProposal'));
  if (focus.instance === null) {
    if (focus.fate === 'rescored' && explanation.detections.instances.length === 0)
      return note(t('followsRescored', { threshold: explanation.detections.scoreThreshold }));
    const nothing = explanation.detections.instances.length === 0 && focus.proposal.rank === 0;
    return note(nothing ? t('followsProposal') : t('followsChosen', { n: focus.proposal.rank + 1 }));
  }
  const values = {
    n: focus.instance + 1,
    name: plainClassName(context, focus.label),
    score: explanation.detections.instances[focus.instance].score.toFixed(3),
  };
  return note(t('followsInstance', values));
}

/** The followed RoI's score for its class. */
export function scoreOf({ classScores, label }: Focus): number {
  return classScores[label];
}

/** A note. @param text HTML. */
export function note(text: string): string {
  return `<p class="note">${text}</p>`;
}
