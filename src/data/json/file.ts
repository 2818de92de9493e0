import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { unreadable } from '../../core/node/file-errors.ts';
import { markLength } from './byte-order-mark.ts';
import { JsonBytes, JsonSyntaxError } from './bytes.ts';

/**
 * Reads a JSON file that fits into memory and checks its form.
 * @throws InputError naming the file, and the byte of a syntax error or the key of an invalid value.
 */
export async function readJsonFile<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T>> {
  return parseAs(schema, parseJson(path, await readInput(path)), path);
}

/**
 * The text of an input file in UTF-8, without a byte order mark.
 * @throws InputError if it cannot be read, or is UTF-16.
 */
export async function readText(path: string): Promise<string> {
  const content = await readInput(path);
  return content.subarray(markLength(path, content)).toString('utf8');
}

/**
 * The bytes of an input file.
 * @throws InputError if it cannot be read.
 */
export async function readInput(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function parseJson(path: string, content: Buffer): unknown {
  const json = new JsonBytes();
  json.take(content);
  json.position = markLength(path, content);
  try {
    return json.value();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const what = error.truncated ? 'truncated JSON' : 'not valid JSON';
    throw new InputError(path, `${what} at byte ${error.offset}: ${error.message}`, { cause: error });
  }
}

/**
 * Parses a value of external origin by a schema.
 * @throws InputError naming `source` and the path of the first invalid value.
 */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, source: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const problem = issue.message.replace(/^Invalid input: /, '').replace(', received ', ', got ');
  throw new InputError(source, `${where.replace(/^\./, '') || 'the file'}: ${problem}`);
}
