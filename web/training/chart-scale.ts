import { type CurvePoint, roundUp, thin, upperEnd } from '../product.ts';

/** Ends of the axes. */
export interface Extent {
  steps: number;
  low: number;
  high: number;
}

/** @param high The upper end of the vertical axis; default `upperEnd`, at which values above it are cut off. */
export function extentOf(curves: readonly (readonly CurvePoint[])[], high?: number): Extent {
  // A curve is ordered by step.
  const steps = curves.reduce((last, points) => Math.max(last, points.at(-1)?.step ?? 1), 1);
  return { steps, low: 0, high: high ?? upperEnd(curves.map(thin)) };
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

/** The point nearest to a step; null for an empty curve. */
export function nearest(points: readonly CurvePoint[], step: number): CurvePoint | null {
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
