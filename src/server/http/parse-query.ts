import type { z } from 'zod';
import { parseWith } from '../../config/parse.ts';
import { InputError } from '../../core/errors.ts';
import { Problem } from './problem.ts';

/**
 * Checks an address' parameters.
 * @param numbers Those that are numbers.
 * @throws Problem `bad-parameter` that names each wrong one.
 */
export function parseQuery<T>(
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string>>,
  numbers: readonly string[],
): T {
  const values: Record<string, string | number> = { ...query };
  for (const name of numbers) {
    const text = query[name];
    // Number('') is 0, which nobody meant.
    if (text !== undefined) values[name] = text.trim() === '' ? Number.NaN : Number(text);
  }
  try {
    return parseWith(schema, 'query', values);
  } catch (error) {
    if (error instanceof InputError) throw new Problem('bad-parameter', error.message);
    throw error;
  }
}
