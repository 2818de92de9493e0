/** Text from a file, made safe to print: control characters are replaced, the length is limited. */
export function printable(text: string): string {
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return short.replaceAll(/\p{C}/gu, '?');
}
