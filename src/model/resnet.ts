import type { BackboneConfig, ResNetName } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { type ConvOptions, convNorm } from './layers.ts';

/** What tells one ResNet from another (He et al. 2016, Table 1; Xie et al. 2017 for ResNeXt). */
interface ResNetLayout {
  /** Residual blocks in layer1…layer4. */
  blocks: readonly [number, number, number, number];
  block: 'basic' | 'bottleneck';
  /** Groups of the bottleneck's 3×3 convolution. */
  groups: number;
  /** Channels of a group for each 64 channels of the stage. */
  groupWidth: number;
}

const layouts: Record<ResNetName, ResNetLayout> = {
  resnet18: { blocks: [2, 2, 2, 2], block: 'basic', groups: 1, groupWidth: 64 },
  resnet34: { blocks: [3, 4, 6, 3], block: 'basic', groups: 1, groupWidth: 64 },
  resnet50: { blocks: [3, 4, 6, 3], block: 'bottleneck', groups: 1, groupWidth: 64 },
  resnet101: { blocks: [3, 4, 23, 3], block: 'bottleneck', groups: 1, groupWidth: 64 },
  resnet152: { blocks: [3, 8, 36, 3], block: 'bottleneck', groups: 1, groupWidth: 64 },
  resnext50_32x4d: { blocks: [3, 4, 6, 3], block: 'bottleneck', groups: 32, groupWidth: 4 },
  resnext101_32x8d: { blocks: [3, 4, 23, 3], block: 'bottleneck', groups: 32, groupWidth: 8 },
  resnext101_64x4d: { blocks: [3, 4, 23, 3], block: 'bottleneck', groups: 64, groupWidth: 4 },
};

/** Scopes of the stages' weights, from the last to the stem, as torchvision's `trainable_layers` counts them. */
export const resnetStages = [['layer4'], ['layer3'], ['layer2'], ['layer1'], ['conv1', 'bn1']] as const;

/**
 * A residual network (He et al. 2016) as torchvision builds it: the stride of a bottleneck is in its 3×3
 * convolution. Weights are named `prefix.conv1.weight`, `prefix.layer1.0.bn1.weight`, ….
 * @param image `[N, 3, H, W]`, H and W multiples of 32.
 */
export function resnet(
  g: GraphBuilder,
  image: Value,
  config: BackboneConfig & { name: ResNetName },
  prefix: string,
): BackboneMaps {
  const layout = layouts[config.name];

  const normalised = (x: Value, scope: string, index: number, options: ConvOptions) =>
    convNorm(
      g,
      x,
      { conv: `${scope}.conv${index}`, norm: `${scope}.bn${index}` },
      { ...options, normalisation: config.norm },
    );

  const shortcut = (x: Value, scope: string, channels: number, stride: number) => {
    if (stride === 1 && x.shape[1] === channels) return x;
    const names = { conv: `${scope}.downsample.0`, norm: `${scope}.downsample.1` };
    return convNorm(g, x, names, { channels, kernel: 1, stride, normalisation: config.norm });
  };

  const basic = (x: Value, scope: string, channels: number, stride: number) => {
    const first = g.relu(normalised(x, scope, 1, { channels, kernel: 3, stride }));
    const second = normalised(first, scope, 2, { channels, kernel: 3 });
    return g.relu(g.add(second, shortcut(x, scope, channels, stride)));
  };

  const bottleneck = (x: Value, scope: string, channels: number, stride: number) => {
    const { groups } = layout;
    const width = Math.floor((channels * layout.groupWidth) / 64) * groups;
    const reduced = g.relu(normalised(x, scope, 1, { channels: width, kernel: 1 }));
    const spatial = g.relu(normalised(reduced, scope, 2, { channels: width, kernel: 3, stride, groups }));
    const expanded = normalised(spatial, scope, 3, { channels: channels * 4, kernel: 1 });
    return g.relu(g.add(expanded, shortcut(x, scope, channels * 4, stride)));
  };

  const block = layout.block === 'basic' ? basic : bottleneck;
  const stage = (x: Value, index: number) => {
    let output = x;
    for (let i = 0; i < layout.blocks[index - 1]; i++) {
      const stride = i === 0 && index > 1 ? 2 : 1;
      output = block(output, `${prefix}.layer${index}.${i}`, config.width * 2 ** (index - 1), stride);
    }
    return output;
  };

  const stem = g.relu(normalised(image, prefix, 1, { channels: config.width, kernel: 7, stride: 2 }));
  const c2 = stage(g.maxPool(stem, { kernel: 3, stride: 2, padding: 1 }), 1);
  const c3 = stage(c2, 2);
  const c4 = stage(c3, 3);
  return { c2, c3, c4, c5: stage(c4, 4) };
}
