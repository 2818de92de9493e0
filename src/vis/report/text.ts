import { escapeHtml } from './html.ts';
import { english, type TextKey } from './text-en.ts';
import { chinese } from './text-zh.ts';

/** Languages of the report → their strings. */
export const languages: Record<'en' | 'zh', Record<TextKey, string>> = { en: english, zh: chinese };

export type Language = keyof typeof languages;

/** Values of the placeholders in braces. */
export type TextValues = Readonly<Record<string, string | number>>;

/** Looks up a text and fills in its placeholders; the result is HTML. @throws RangeError if a value is missing. */
export type Translate = (key: TextKey, values?: TextValues) => string;

/** The texts of one language. */
export function translator(language: Language): Translate {
  return (key, values = {}) =>
    withSubscripts(escapeHtml(languages[language][key])).replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (!Object.hasOwn(values, name)) throw new RangeError(`text ${key} needs a value for {${name}}`);
      return escapeHtml(String(values[name]));
    });
}

/** L_mask as typeset in the paper. */
function withSubscripts(html: string): string {
  return html.replaceAll(/\bL_(\w+)/g, 'L<sub>$1</sub>');
}
