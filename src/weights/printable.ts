/** Text out of a file, safe to print: control characters are replaced and the length is bounded. */
export function printable(text: string): string {
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return short.replaceAll(/\p{C}/gu, '?');
}
