import type { z } from 'zod';
import { parseWith } from '../../../config/parse.ts';
import { checkParameter } from './check-parameter.ts';

/**
 * Validates the query parameters of a request.
 * @param numbers Names of the numeric parameters.
 * @throws Problem `bad-parameter` that names every invalid one.
 */
export function parseQuery<T>(
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string>>,
  numbers: readonly string[],
): T {
  const values: Record<string, string | number> = { ...query };
  for (const name of numbers) {
    const text = query[name];
    // Number('') is 0; an empty value is an error.
    if (text !== undefined) values[name] = text.trim() === '' ? Number.NaN : Number(text);
  }
  return checkParameter(() => parseWith(schema, 'query', values));
}
