import type { Language } from '../product.ts';
import { chinese } from './chinese.ts';
import { english, type Word, type WordKey } from './english.ts';

/** Values of the placeholders in braces; `n` is a count that decides between singular and plural. */
export type WordValues = Readonly<Record<string, string | number>>;

/** A text of the page, with its values filled in. */
export type Say = (key: WordKey, values?: WordValues) => string;

const languages: Record<Language, Record<WordKey, Word>> = { en: english, zh: chinese };

/** The texts of one language, as plain text. */
export function sayIn(language: Language): Say {
  return (key, values = {}) => {
    const word = languages[language][key];
    const text = typeof word === 'string' ? word : String(values.n) === '1' ? word.one : word.other;
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  };
}
