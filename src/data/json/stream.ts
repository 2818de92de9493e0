import { DocumentWalk, type JsonVisitor } from './document.ts';
import { type JsonStreamOptions, walkJsonFile } from './window.ts';

/**
 * Reads a JSON file of any size in windows of a few megabytes and passes its parts to `visitor` in order.
 * @throws InputError naming the file and the byte at which the text stops being JSON.
 */
export async function streamJson(
  path: string,
  visitor: JsonVisitor,
  options: JsonStreamOptions = {},
): Promise<void> {
  await walkJsonFile(path, new DocumentWalk(visitor), options);
}
