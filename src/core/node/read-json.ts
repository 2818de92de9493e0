import { readFile } from 'node:fs/promises';
import { InputError, messageOf } from '../errors.ts';
import { parseJson } from '../parse-json.ts';

/**
 * The value of a small JSON file.
 * @throws InputError where it cannot be read or is not JSON.
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new InputError(path, `cannot be read (${messageOf(error)})`, { cause: error });
  });
  return parseJson(path, text);
}
