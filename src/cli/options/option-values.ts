import { InvalidArgumentError, Option } from 'commander';

/** Option value: a number within a range, both ends included. */
export function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max))
      throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
    return value;
  };
}

/** Option value: a number in 0…1. */
export const fraction = numberFrom(0, 1);

/** Option value: an integer of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Expected a whole number, 1 or more.');
  return value;
}

/** Option value: a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

/** Option value: a number of at least 0. */
function distance(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('Expected a number, 0 or more.');
  return value;
}

/** Option value: any finite number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`Expected a number, got "${text}".`);
  }
  return value;
}

/** Option value: numbers with commas between them. */
export function numbers(text: string): number[] {
  return text.split(',').map(number);
}

/** Option value: a port, 0 to 65535. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return value;
}

/** Option value: one of several, for an option that can be given more than once. */
export function repeatable(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** `--tolerance`, for every command that writes outlines. */
export function toleranceOption(description: string): Option {
  return new Option('--tolerance <pixels>', description).argParser(distance).default(0);
}
