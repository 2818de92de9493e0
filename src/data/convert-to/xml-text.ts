/** The text of an attribute or element in XML. */
export function escapeXml(text: string | number): string {
  return (
    String(text)
      // Characters that XML 1.0 does not have, even escaped.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

/** An opening tag, or an empty element where it ends with `/`. */
export function tag(name: string, attributes: Readonly<Record<string, string | number>>, end = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return `<${name}${pairs.join('')}${end}>`;
}
