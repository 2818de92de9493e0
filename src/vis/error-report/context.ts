import { escapeHtml } from '../../core/escape-html.ts';
import type { ErrorAnalysis } from '../../eval/error-analysis.ts';
import type { TideKind } from '../../eval/tide-picture.ts';
import { shownName } from '../report/shown-names.ts';
import type { Language } from '../report/text.ts';
import type { TranslateError } from './text.ts';
import type { ErrorTextKey } from './text-en.ts';

/** The input of every section. */
export interface ErrorContext {
  readonly analysis: ErrorAnalysis;
  readonly language: Language;
  /** The texts of `language`. */
  readonly t: TranslateError;
}

/** The display name of a category as plain text, for values that `t` escapes. */
export function plainCategoryName({ analysis, language }: ErrorContext, id: number): string {
  const name = analysis.perCategory.find((category) => category.id === id)?.name ?? String(id);
  return shownName(name, language);
}

/** The display name of a category; HTML. */
export function categoryName(context: ErrorContext, id: number): string {
  return escapeHtml(plainCategoryName(context, id));
}

/** A fraction with three decimals; — where nothing could be measured. */
export function figureText(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value) || value < 0) return '—';
  return value.toFixed(3);
}

/** A difference with its sign and three decimals. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(3);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** A threshold without trailing zeros. */
export function thresholdText(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** What each kind of error is called. */
export const kindNames: Readonly<Record<TideKind, ErrorTextKey>> = {
  class: 'kindClass',
  location: 'kindLocation',
  both: 'kindBoth',
  duplicate: 'kindDuplicate',
  background: 'kindBackground',
  missed: 'kindMissed',
};

/** The name of an area range: COCO's in the report's language, others as they are; plain text. */
export function sizeName({ t }: ErrorContext, area: string): string {
  const keys: Readonly<Record<string, ErrorTextKey>> = {
    small: 'sizeSmall',
    medium: 'sizeMedium',
    large: 'sizeLarge',
  };
  return Object.hasOwn(keys, area) ? t(keys[area]) : area;
}
