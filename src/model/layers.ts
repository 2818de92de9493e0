import type { NormConfig } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { groupNorm } from '../graph/group-norm.ts';

/** A convolution's geometry. The default padding is "same" for stride 1. */
export interface ConvOptions {
  channels: number;
  kernel: number;
  stride?: number;
  padding?: number;
  groups?: number;
  dilation?: number;
}

/** A 2-D convolution with a bias: `name.weight`, `name.bias`. */
export function conv(g: GraphBuilder, x: Value, name: string, options: ConvOptions): Value {
  return convolve(g, x, name, options, g.weight(`${name}.bias`, [options.channels]));
}

/** Names of the two layers of a normalised convolution in the state_dict. */
export interface ConvNormNames {
  conv: string;
  norm: string;
}

/** A convolution without a bias, and its normalisation; with the norm `none`, a convolution with a bias. */
export function convNorm(
  g: GraphBuilder,
  x: Value,
  names: ConvNormNames,
  options: ConvOptions & { normalisation: NormConfig },
): Value {
  if (options.normalisation.kind === 'none') return conv(g, x, names.conv, options);
  return normalise(g, convolve(g, x, names.conv, options, null), names.norm, options.normalisation);
}

/**
 * Batch or group norm of `[N, C, h, w]`; with the norm `none`, the value itself.
 * @throws UsageError if the number of channels is not a multiple of the groups.
 */
export function normalise(g: GraphBuilder, x: Value, name: string, norm: NormConfig): Value {
  const { kind, eps, groups = 32 } = norm;
  if (kind === 'none') return x;
  const channels = extent(x, 1);
  const perChannel = (parameter: string) => g.weight(`${name}.${parameter}`, [channels]);
  const affine = { weight: perChannel('weight'), bias: perChannel('bias') };
  if (kind === 'groupNorm') {
    if (channels % groups === 0) return groupNorm(g, x, affine, { groups, eps });
    throw new UsageError(`${name}: group norm cannot form ${groups} groups of ${channels} channels`);
  }
  const statistics = ['running_mean', 'running_var'].map(perChannel);
  return g.apply('batchNorm', [x, affine.weight, affine.bias, ...statistics], { eps });
}

/** A fully connected layer: `name.weight`, `name.bias`. */
export function linear(g: GraphBuilder, x: Value, name: string, features: number): Value {
  const weight = g.weight(`${name}.weight`, [features, extent(x, 1)]);
  return g.linear(x, weight, g.weight(`${name}.bias`, [features]));
}

/** Global average pooling of maps of any size: `[N, C, h, w]` → `[N, C, 1, 1]`. */
export function globalAveragePool(g: GraphBuilder, x: Value): Value {
  const pixels = g.apply('countAlong', [x], { axes: [2, 3] });
  return g.mul(g.reduceSum(x, [2, 3]), g.power(pixels, -1));
}

/** The extent of an axis that is known when the graph is built, such as the channels. */
export function extent(x: Value, axis: number): number {
  const dim = x.shape[axis];
  if (typeof dim !== 'number') throw new RangeError(`axis ${axis} of ${x.name} is only known at run time`);
  return dim;
}

function convolve(g: GraphBuilder, x: Value, name: string, options: ConvOptions, bias: Value | null): Value {
  const { channels, kernel, stride = 1, groups = 1, dilation = 1 } = options;
  const { padding = (dilation * (kernel - 1)) / 2 } = options;
  const weight = g.weight(`${name}.weight`, [channels, extent(x, 1) / groups, kernel, kernel]);
  return g.conv(x, weight, bias, { stride, padding, groups, ...(dilation > 1 ? { dilation } : {}) });
}
