import { escapeHtml } from '../../core/escape-html.ts';

/** Values of the placeholders in braces. */
export type TextValues = Readonly<Record<string, string | number>>;

/** Looks up a text and fills in its placeholders; the result is HTML. @throws RangeError if a value is missing. */
export type Lookup<Key extends string> = (key: Key, values?: TextValues) => string;

/** Looks texts up in `texts`. */
export function fillIn<Key extends string>(texts: Readonly<Record<Key, string>>): Lookup<Key> {
  return (key, values = {}) =>
    withSubscripts(escapeHtml(texts[key])).replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (!Object.hasOwn(values, name)) throw new RangeError(`text ${key} needs a value for {${name}}`);
      return escapeHtml(String(values[name]));
    });
}

/** L_mask as typeset in the paper. */
function withSubscripts(html: string): string {
  return html.replaceAll(/\bL_(\w+)/g, 'L<sub>$1</sub>');
}
