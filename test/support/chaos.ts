import { seededRandom } from '../../src/core/random.ts';

/** Whether this is `npm run chaos`, rather than its short selection in `npm test`. */
export const isLong = process.env.CHAOS === 'long';

/** How often something is done, in the short selection and in `npm run chaos`. */
export function times(short: number, long: number): number {
  return isLong ? long : short;
}

/** The random numbers of a test: the same in every run unless the environment's `SEED` is another number. */
export const random = seededRandom(Number(process.env.SEED ?? 1));

/** Prints what a test has done, for the record of a long run. */
export function record(figures: Readonly<Record<string, number>>): void {
  if (isLong) console.log(`chaos: ${JSON.stringify(figures)}`);
}
