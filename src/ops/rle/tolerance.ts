import { UsageError } from '../../core/errors.ts';
import { checkOptions } from '../../core/options.ts';

/** Options of everything that gives outlines. */
export interface OutlineOptions {
  /**
   * Largest distance in pixels between the outline and its simplification (Douglas–Peucker). Default 0: the exact
   * outline, along the edges of pixels.
   */
  readonly tolerance?: number | undefined;
}

/** @throws UsageError where an option is unknown, or the tolerance is not a number of at least 0. */
export function toleranceOf(caller: string, options: OutlineOptions): number {
  checkOptions(caller, options, { tolerance: true });
  const { tolerance = 0 } = options;
  if (!(tolerance >= 0 && tolerance < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`${caller}: tolerance must be a number of at least 0, got ${tolerance}`);
  }
  return tolerance;
}
