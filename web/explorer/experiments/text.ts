import { fillIn, type Language, type Lookup } from '../../product.ts';
import { chinese } from './chinese.ts';
import { type ExperimentText, english } from './english.ts';

const translators: Record<Language, Lookup<ExperimentText>> = {
  en: fillIn(english),
  zh: fillIn(chinese),
};

/** The texts of one language, as HTML. */
export function experimentTexts(language: Language): Lookup<ExperimentText> {
  return translators[language];
}
