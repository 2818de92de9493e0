import { InputError } from '../../core/errors.ts';

/** Bytes of the longest mark. */
export const longestMark = 3;

/**
 * The length of the byte order mark that some programs write before text: 3 for UTF-8's, 0 without one.
 * @param path The file that begins with these bytes, for the message.
 * @throws InputError for the mark of UTF-16, which PowerShell's `>` writes.
 */
export function markLength(path: string, start: Uint8Array): number {
  const [first, second, third] = start;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new InputError(path, 'is UTF-16 text; save it as UTF-8');
  }
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
}
