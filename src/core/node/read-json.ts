import { readFile } from 'node:fs/promises';
import { parseJson } from '../parse-json.ts';
import { unreadable } from './file-errors.ts';

/**
 * The value of a small JSON file.
 * @throws InputError where it cannot be read or is not JSON.
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return parseJson(path, text);
}
