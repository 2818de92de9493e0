import { ArrayWalk } from './array.ts';
import type { JsonBytes } from './bytes.ts';
import { type JsonStreamOptions, walkJsonFile } from './window.ts';

/**
 * Reads a JSON file of any size whose top level is an array, in windows of a few megabytes.
 * @param element Consumes exactly one value of the array. If it throws `needMoreBytes`, it is called again
 * with more bytes, so it must change no state before its end.
 * @param notAnArray Called with the reader at the first byte of any other top-level value; must throw.
 * @throws InputError naming the file and the byte at which the text stops being JSON.
 */
export async function streamJsonArray(
  path: string,
  element: (json: JsonBytes, index: number) => void,
  notAnArray: (json: JsonBytes) => never,
  options: JsonStreamOptions = {},
): Promise<void> {
  await walkJsonFile(path, new ArrayWalk(element, notAnArray), options);
}
