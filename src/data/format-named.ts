import { UsageError } from '../core/errors.ts';

/**
 * Finds a format by its name.
 * @param option The option that holds the name, as the user typed it.
 * @throws UsageError listing the formats.
 */
export function formatNamed<Format extends { readonly format: string }>(
  option: string,
  name: string,
  formats: readonly Format[],
): Format {
  const found = formats.find(({ format }) => format === name);
  if (found !== undefined) return found;
  const names = formats.map(({ format }) => format).join(', ');
  throw new UsageError(`${option}: expected one of ${names}, got ${JSON.stringify(name)}`);
}
