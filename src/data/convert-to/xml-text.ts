import { escapeHtml } from '../../core/escape-html.ts';

/** The text of an attribute or element in XML. */
export function escapeXml(text: string | number): string {
  // Characters that XML 1.0 does not have, even escaped.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove
  return escapeHtml(String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''));
}

/** An opening tag, or an empty element where it ends with `/`. */
export function tag(name: string, attributes: Readonly<Record<string, string | number>>, end = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return `<${name}${pairs.join('')}${end}>`;
}
