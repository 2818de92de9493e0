import { fillIn, type Lookup } from '../report/fill-in.ts';
import type { Language } from '../report/text.ts';
import { type ErrorTextKey, errorEnglish } from './text-en.ts';
import { errorChinese } from './text-zh.ts';

/** Languages of the error report → their strings. */
export const errorTexts: Record<Language, Record<ErrorTextKey, string>> = {
  en: errorEnglish,
  zh: errorChinese,
};

export type TranslateError = Lookup<ErrorTextKey>;

/** The texts of one language. */
export function errorTranslator(language: Language): TranslateError {
  return fillIn(errorTexts[language]);
}
