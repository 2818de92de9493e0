import type { z } from 'zod';
import { parseWith } from '../../../config/parse.ts';
import { Problem } from '../../api/problem.ts';
import { checkParameter } from './check-parameter.ts';

/**
 * Validates the query parameters of a request.
 * @param query The values of each parameter.
 * @param numbers Names of the numeric parameters.
 * @throws Problem `bad-parameter` that names every invalid one, or one that is repeated.
 */
export function parseQuery<T>(
  schema: z.ZodType<T>,
  query: Readonly<Record<string, readonly string[]>>,
  numbers: readonly string[],
): T {
  const repeated = Object.entries(query).find(([, texts]) => texts.length > 1);
  if (repeated) throw new Problem('bad-parameter', `query: ${repeated[0]} is given more than once`);
  const values: Record<string, string | number> = {};
  for (const [name, [text]] of Object.entries(query)) values[name] = text;
  for (const name of numbers) {
    const text = query[name]?.[0];
    // Number('') is 0; an empty value is an error.
    if (text !== undefined) values[name] = text.trim() === '' ? Number.NaN : Number(text);
  }
  return checkParameter(() => parseWith(schema, 'query', values));
}
