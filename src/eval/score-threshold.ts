import { UsageError } from '../core/errors.ts';

/**
 * Checks a minimum score. Those of other tools may lie outside 0…1.
 * @param option The option that holds it, as the user typed it.
 * @throws UsageError where it is not a finite number.
 */
export function checkScoreThreshold(option: string, score: number | undefined): void {
  if (score === undefined || Number.isFinite(score)) return;
  throw new UsageError(`${option}: expected a finite number, got ${String(score)}`);
}
