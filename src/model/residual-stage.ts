import { type ResNetLayout, type ResNetName, resnetTable } from '../config/resnet-table.ts';
import type { BackboneConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { type ConvOptions, convNorm } from './layers.ts';

export type ResNetConfig = BackboneConfig & { name: ResNetName };

export interface ResidualStageOptions {
  config: ResNetConfig;
  /** Prefix of the weights' names: `prefix.layer4.0.conv1.weight`, …. */
  prefix: string;
  /** 1…4 */
  index: number;
  /** Stride of the first block. */
  stride: 1 | 2;
  /** Dilation of all 3×3 convolutions. Default 1. */
  dilation?: number;
  /** Dilation in the first block. Default `dilation`. */
  firstDilation?: number;
}

/** One of the four stages of a residual network: torchvision's `layer{index}`. */
export function residualStage(g: GraphBuilder, input: Value, options: ResidualStageOptions): Value {
  const { config, prefix, index, stride, dilation = 1, firstDilation = dilation } = options;
  const layout: ResNetLayout = resnetTable[config.name];
  const channels = config.width * 2 ** (index - 1);

  const normalised = (x: Value, scope: string, part: '1' | '2' | '3' | 'downsample', conv: ConvOptions) => {
    const names =
      part === 'downsample'
        ? { conv: `${scope}.downsample.0`, norm: `${scope}.downsample.1` }
        : { conv: `${scope}.conv${part}`, norm: `${scope}.bn${part}` };
    return convNorm(g, x, names, { ...conv, normalisation: config.norm });
  };

  const shortcut = (x: Value, scope: string, out: number, step: number) => {
    if (step === 1 && x.shape[1] === out) return x;
    return normalised(x, scope, 'downsample', { channels: out, kernel: 1, stride: step });
  };

  const basic = (x: Value, scope: string, step: number, spread: number) => {
    const first = g.relu(normalised(x, scope, '1', { channels, kernel: 3, stride: step, dilation: spread }));
    const second = normalised(first, scope, '2', { channels, kernel: 3, dilation: spread });
    return g.relu(g.add(second, shortcut(x, scope, channels, step)));
  };

  const bottleneck = (x: Value, scope: string, step: number, spread: number) => {
    const { groups } = layout;
    const width = Math.floor((channels * layout.groupWidth) / 64) * groups;
    const [first, second] = config.strideIn1x1 ? [step, 1] : [1, step];
    const reduced = g.relu(normalised(x, scope, '1', { channels: width, kernel: 1, stride: first }));
    const middle = { channels: width, kernel: 3, stride: second, groups, dilation: spread };
    const spatial = g.relu(normalised(reduced, scope, '2', middle));
    const expanded = normalised(spatial, scope, '3', { channels: channels * 4, kernel: 1 });
    return g.relu(g.add(expanded, shortcut(x, scope, channels * 4, step)));
  };

  const block = layout.block === 'basic' ? basic : bottleneck;
  let x = input;
  for (let i = 0; i < layout.blocks[index - 1]; i++) {
    x = block(x, `${prefix}.layer${index}.${i}`, i === 0 ? stride : 1, i === 0 ? firstDilation : dilation);
  }
  return x;
}
