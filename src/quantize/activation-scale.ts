import type { ByteScale } from '../core/byte-scale.ts';

/** Values that a tensor had in some runs. */
export interface ActivationSamples {
  readonly lowest: number;
  readonly highest: number;
  readonly values: readonly Float32Array[];
}

/** Parts of the whole range that are tried. */
const fractions = Array.from({ length: 36 }, (_, i) => 1 - 0.025 * i);
/** The most values that an error is computed from. */
const mostValues = 20_000;

/**
 * The steps of a tensor's bytes: of the ranges that contain 0, the one with the smallest mean squared error, since a range
 * that contains every outlier leaves few steps for the others.
 */
export function activationScale({ lowest, highest, values }: ActivationSamples): ByteScale {
  const count = values.reduce((sum, { length }) => sum + length, 0);
  const stride = Math.max(1, Math.floor(count / mostValues));
  const chosen = values.flatMap((part) => [...part].filter((_, i) => i % stride === 0));
  let best = scaleOf(lowest, highest);
  let least = Number.POSITIVE_INFINITY;
  for (const fraction of fractions) {
    const scale = scaleOf(lowest * fraction, highest * fraction);
    const error = squaredError(chosen, scale);
    if (error >= least) continue;
    best = scale;
    least = error;
  }
  return best;
}

function scaleOf(low: number, high: number): ByteScale {
  const [from, to] = [Math.min(0, low), Math.max(0, high)];
  // A tensor that is always 0 has any scale.
  const scale = Math.fround((to - from) / 255) || 1;
  return { scale, zeroPoint: Math.max(0, Math.min(255, Math.round(-from / scale))) };
}

function squaredError(values: readonly number[], { scale, zeroPoint }: ByteScale): number {
  let sum = 0;
  for (const value of values) {
    const byte = Math.min(255, Math.max(0, Math.round(value / scale) + zeroPoint));
    sum += (value - scale * (byte - zeroPoint)) ** 2;
  }
  return sum;
}
