/**
 * What a terminal or a reader of a log could take for something else: control characters (escape sequences, line
 * breaks), line and paragraph separators, marks that reorder text, and halves of surrogate pairs.
 */
const deceptive = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from elsewhere (a name, a message) as one line that can be printed: each deceptive character becomes `?`. */
export function oneLine(text: string): string {
  return text.replaceAll(deceptive, '?');
}

const maxPrinted = 100;

/** The same, shortened to 100 characters. */
export function printable(text: string): string {
  return oneLine(text.length > maxPrinted ? `${text.slice(0, maxPrinted)}…` : text);
}

const maxSource = 200;

/** What messages call a source: a path or an address as it is; of a longer text, the start and the end. */
export function shownSource(source: string): string {
  if (source === '') return '""';
  if (source.length <= maxSource) return source;
  const half = maxSource / 2;
  return `${source.slice(0, half)}…${source.slice(-half)}`;
}

/** What messages call a value of a wrong type: an object by its class, anything else as it is. */
export function shownValue(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? classOf(value) : printable(String(value));
}

/** The class of a value: `Blob`, `Array`, `String`. */
export function classOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** JSON in which deceptive characters are escaped; `JSON.stringify` escapes only those below a space. */
export function printableJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return text.replaceAll(deceptive, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
