import { InputError } from '../../core/errors.ts';
import { type ChangingOptions, differentOption } from '../../predict/changing-options.ts';
import type { PlaneOptions } from '../plane-options.ts';
import type { computeOptionNames, PredictionOptions } from '../prediction-options.ts';

type Changing = Exclude<keyof PredictionOptions, (typeof computeOptionNames)[number]> | 'channel';

/** In the order of the help. */
const names: Readonly<Record<Changing, true>> = {
  score: true,
  maxDet: true,
  nms: true,
  minSize: true,
  maxSize: true,
  classes: true,
  tile: true,
  tileOverlap: true,
  tileScale: true,
  tileWhole: true,
  channel: true,
};

export function changingOptions(options: PredictionOptions & PlaneOptions): ChangingOptions {
  const given = (Object.keys(names) as Changing[]).filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
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
