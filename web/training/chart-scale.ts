import type { Point } from './run-log.ts';

/** Ends of the axes. */
export interface Extent {
  steps: number;
  low: number;
  high: number;
}

/** From 0 to a round number above nearly all values: some first steps are off the scale, and cut at its end. */
export function extentOf(curves: readonly (readonly Point[])[], high?: number): Extent {
  let steps = 1;
  const values: number[] = [];
  for (const points of curves) {
    for (const { step, value } of points) {
      if (step > steps) steps = step;
      values.push(value);
    }
  }
  values.sort((a, b) => a - b);
  const nearlyAll = values[Math.min(values.length - 1, Math.floor(0.995 * values.length))] ?? 1;
  return { steps, low: 0, high: high ?? roundUp(nearlyAll) };
}

/** The next of 1, 2, 2.5, 5, 10 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= value * (1 - 1e-9));
  return (factor ?? 10) * power;
}

/** Round steps from 0 to the last, about five of them. */
export function ticksOf(steps: number): number[] {
  const distance = Math.max(1, Math.ceil(roundUp(steps / 5)));
  return Array.from({ length: Math.floor(steps / distance) + 1 }, (_, i) => i * distance);
}

/** A number short enough for an axis. */
export function axisText(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}

/** At most `most` points, each the mean of a group, so that long runs are drawn as fast as short ones. */
export function thin(points: readonly Point[], most = 600): Point[] {
  const group = Math.ceil(points.length / most);
  if (group <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / group) }, (_, i) => {
    const part = points.slice(i * group, (i + 1) * group);
    const mean = (pick: (point: Point) => number) =>
      part.reduce((sum, each) => sum + pick(each), 0) / part.length;
    return { step: mean(({ step }) => step), value: mean(({ value }) => value) };
  });
}

/** The point nearest to a step; null for an empty curve. */
export function nearest(points: readonly Point[], step: number): Point | null {
  let low = 0;
  let high = points.length - 1;
  if (high < 0) return null;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].step < step) low = middle + 1;
    else high = middle;
  }
  const before = points[Math.max(0, low - 1)];
  return Math.abs(before.step - step) <= Math.abs(points[low].step - step) ? before : points[low];
}
