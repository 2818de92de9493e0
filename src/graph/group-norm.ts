import { inverseDeviation } from './batch-norm.ts';
import type { GraphBuilder } from './builder.ts';
import type { Value } from './graph.ts';
import { known } from './shape-checks.ts';

export interface GroupNormOptions {
  /** Number of groups; must divide the channels. */
  groups: number;
  /** Added to the variance. */
  eps: number;
}

/** The trained parameters of a normalisation, `[C]` each. */
export interface Affine {
  weight: Value;
  bias: Value;
}

/**
 * Group normalisation (Wu & He 2018): each picture's channels are normalised in groups, by mean and variance
 * over the group's channels and all pixels. Extents may be symbolic, since sums go over pixels first.
 * @param x `[N, C, H, W]`
 */
export function groupNorm(
  g: GraphBuilder,
  x: Value,
  { weight, bias }: Affine,
  { groups, eps }: GroupNormOptions,
): Value {
  const channels = known(x.shape[1]);
  const each = channels / groups;
  const pixels = g.apply('countAlong', [x], { axes: [2, 3] });
  const inverseCount = g.power(g.affine(pixels, each), -1);
  const forEachChannel = g.apply('constant', [], { shape: [1, 1, each, 1], value: 1 });
  /** The mean over groups, repeated for each channel: `[N, C, 1, 1]`. */
  const groupMean = (values: Value) => {
    const sums = g.reshape(g.reduceSum(values, [2, 3]), ['rest', groups, each, 1]);
    const means = g.mul(g.reduceSum(sums, [2]), inverseCount);
    return g.reshape(g.mul(means, forEachChannel), ['rest', channels, 1, 1]);
  };

  const centred = g.sub(x, groupMean(x));
  const deviation = inverseDeviation(g, groupMean(g.mul(centred, centred)), eps);
  const perChannel = (value: Value) => g.reshape(value, [1, channels, 1, 1]);
  // Multiply the small factors first: a pass over the maps costs more than its arithmetic.
  return g.add(g.mul(centred, g.mul(deviation, perChannel(weight))), perChannel(bias));
}
