/** The scale of a run's curves, as its report and the page both draw them. */

/** A point of a curve. */
export interface CurvePoint {
  /** Number of completed steps, as the command line and `training.html` count them: the first is 1. */
  readonly step: number;
  readonly value: number;
}

/** At most 600 points, about one per pixel, each the mean of a group: long runs are drawn as fast as short ones. */
export function thin(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const group = Math.ceil(points.length / 600);
  if (group <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / group) }, (_, i) => {
    const part = points.slice(i * group, (i + 1) * group);
    const mean = (pick: (point: CurvePoint) => number) =>
      part.reduce((sum, point) => sum + pick(point), 0) / part.length;
    return { step: mean(({ step }) => step), value: mean(({ value }) => value) };
  });
}

/**
 * The upper end of the vertical axis: a round number at or above nearly all values. The first losses may be off the scale.
 * @param curves From `thin`.
 */
export function upperEnd(curves: readonly (readonly CurvePoint[])[]): number {
  const values = curves.flatMap((points) => points.map(({ value }) => value)).sort((a, b) => a - b);
  return roundUp(values[Math.min(values.length - 1, Math.floor(0.995 * values.length))] ?? 1);
}

/** The next of 1, 2, 2.5, 5, 10 times a power of ten; 1 for values that are not positive. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= value * (1 - 1e-9));
  return (factor ?? 10) * power;
}
