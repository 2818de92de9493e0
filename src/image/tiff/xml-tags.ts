/** A tag of an XML text. */
export interface XmlTag {
  /** Without the prefix of its namespace. */
  readonly name: string;
  readonly kind: 'start' | 'end' | 'empty';
  attribute(name: string): string | undefined;
  /** Where the text after it begins. */
  readonly end: number;
}

/**
 * The tags of an XML text in their order, without comments and declarations, up to the first that is not complete. The time is
 * proportional to the length, whatever the text.
 */
export function* xmlTags(xml: string): Generator<XmlTag> {
  let at = xml.indexOf('<');
  while (at >= 0) {
    const skipped = skippedAt(xml, at);
    const end = skipped ?? endOfTag(xml, at);
    if (end < 0) return;
    if (skipped === undefined) yield tagOf(xml.slice(at + 1, end - 1), end);
    at = xml.indexOf('<', end);
  }
}

/** Where a comment, declaration or CDATA section ends; undefined for a tag, -1 if it does not end. */
function skippedAt(xml: string, at: number): number | undefined {
  for (const [start, end] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<!', '>'],
    ['<?', '?>'],
  ]) {
    if (!xml.startsWith(start, at)) continue;
    const found = xml.indexOf(end, at + start.length);
    return found < 0 ? -1 : found + end.length;
  }
  return undefined;
}

/** Where a tag ends, whose quoted values may contain `>`; -1 if it does not. */
function endOfTag(xml: string, at: number): number {
  let quote = '';
  for (let i = at; i < xml.length; i++) {
    const letter = xml[i];
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '>') return i + 1;
  }
  return -1;
}

function tagOf(content: string, end: number): XmlTag {
  const name = /^\/?(?:[\w.-]+:)?([\w.-]*)/.exec(content)?.[1] ?? '';
  let kind: XmlTag['kind'] = content.startsWith('/') ? 'end' : 'start';
  if (content.endsWith('/')) kind = 'empty';
  return { name, kind, end, attribute: (wanted) => attributeOf(content, wanted) };
}

/** By the name of the attribute. */
const patterns = new Map<string, RegExp>();

function attributeOf(content: string, name: string): string | undefined {
  const pattern = patterns.get(name) ?? new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
  patterns.set(name, pattern);
  const match = pattern.exec(content);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : xmlText(value);
}

/** The characters of an XML text without tags. */
export function xmlText(text: string): string {
  return text
    .replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi, (entity, hex: string | undefined, decimal: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10_ffff ? String.fromCodePoint(code) : entity;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
