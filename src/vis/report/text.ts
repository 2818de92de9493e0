import { fillIn, type Lookup } from './fill-in.ts';
import { english, type TextKey } from './text-en.ts';
import { chinese } from './text-zh.ts';

/** Languages of the report → their strings. */
export const languages: Record<'en' | 'zh', Record<TextKey, string>> = { en: english, zh: chinese };

export type Language = keyof typeof languages;

export type Translate = Lookup<TextKey>;

/** The texts of one language. */
export function translator(language: Language): Translate {
  return fillIn(languages[language]);
}
