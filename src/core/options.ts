import { UsageError } from './errors.ts';
import { didYouMean } from './near-names.ts';
import { shownValue } from './printable.ts';

/** Every key of an options object. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true };

/**
 * Refuses options that a function does not have, which JavaScript would ignore.
 * @param caller The function, as the user called it.
 * @param options What the user gave; undefined: none.
 * @param names The options that exist.
 * @throws UsageError that names the unknown option and the nearest known one.
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: Options | undefined,
  names: OptionNames<Options>,
): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const got = Array.isArray(options) ? 'an array' : String(options);
    throw new UsageError(`${caller}: expected an object of options, got ${got}`);
  }
  const known = Object.keys(names);
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`${caller}: ${unknown.map(problemWith(known)).join('; ')}`);
}

/**
 * Refuses options that count something and cannot.
 * @param caller The function, as the user called it.
 * @param counts The options by name; those that are undefined pass.
 * @throws UsageError that names the first that is not a whole number of at least 1.
 */
export function checkCounts(caller: string, counts: Readonly<Record<string, number | undefined>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count !== undefined && !(Number.isInteger(count) && count >= 1))
      throw new UsageError(`${caller}: ${name} should be a whole number of at least 1, got ${count}`);
  }
}

/**
 * Refuses what is not a list, which loops and `Array.from` would take for an empty one or for its letters.
 * @param caller The function, as the user called it.
 * @param list What the user gave.
 * @param content What the list should hold, for the message.
 * @throws UsageError that says what was given.
 */
export function checkList(caller: string, list: unknown, content: string): void {
  if (typeof list === 'object' && list !== null && Symbol.iterator in list) return;
  throw new UsageError(`${caller}: expected a list of ${content}, got ${shownValue(list)}`);
}

function problemWith(known: readonly string[]): (name: string) => string {
  return (name) => `unknown option ${name}; ${didYouMean(name, known) ?? `known: ${known.join(', ')}`}`;
}
