import { InputError } from '../../core/errors.ts';
import type { PlaneOptions } from '../plane-options.ts';
import type { computeOptionNames, PredictionOptions } from '../prediction-options.ts';

/** The options given that change the results of a picture, by their names in commander: `{ maxDet: 20 }`. */
export type ChangingOptions = Readonly<Record<string, unknown>>;

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
  const other = [...Object.keys(before), ...Object.keys(now)].find(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]),
  );
  if (other === undefined) return;
  const [made, given] = [before, now].map((options) => shown(other, options[other]));
  throw new InputError(path, `was made ${made}, not ${given}; leave out --resume to replace it`);
}

/** `with --max-det 20`, `with --tile-whole` or `without --score` */
function shown(name: string, value: unknown): string {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === undefined) return `without ${flag}`;
  return value === true ? `with ${flag}` : `with ${flag} ${value}`;
}
