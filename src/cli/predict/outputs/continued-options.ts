import { InputError } from '../../../core/errors.ts';
import { type ChangingOptions, differentOption } from '../../../predict/changing-options.ts';
import type { PlaneOptions } from '../../options/plane-options.ts';
import { choiceOptionNames, type PredictionOptions } from '../../options/prediction-options.ts';

/** The options that change the results of a picture, as they were given. */
export function changingOptions(options: PredictionOptions & PlaneOptions): ChangingOptions {
  const names = [...choiceOptionNames, 'channel'] as const;
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}

/**
 * Refuses to continue a file with other options than those that it was begun with.
 * @param before Absent in files written before options were stored, for which nothing is compared.
 * @throws InputError that names the option.
 */
export function requireSameOptions(
  path: string,
  before: ChangingOptions | null | undefined,
  now: ChangingOptions,
): void {
  if (before === undefined || before === null) return;
  const different = differentOption(before, now);
  if (different === null) return;
  throw new InputError(path, `was made ${different.a}, not ${different.b}; leave out --resume to replace it`);
}
