import { backboneDefaults } from '../config/backbone-defaults.ts';
import {
  type BlockGroup,
  type EfficientNetLiteName,
  efficientNetLiteTable,
} from '../config/efficientnet-lite-table.ts';
import type { BackboneConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { type ConvNormNames, type ConvOptions, convNorm, extent } from './layers.ts';

/** The rows after which the stride doubles: stages of strides 4, 8, 16 and 32 begin there. */
const firstRows = [1, 2, 3, 5] as const;

/** The same for all variants. */
const { width: publishedWidth } = backboneDefaults('efficientnet_lite0');

/** Scopes of the stages' weights, from the last to the stem. A stage starts where the stride doubles. */
export function efficientNetLiteStages(name: EfficientNetLiteName): readonly (readonly string[])[] {
  const before = (row: number) =>
    efficientNetLiteTable[name].slice(0, row).reduce((sum, { blocks }) => sum + blocks, 0);
  const scopes = (from: number, to: number) =>
    Array.from({ length: before(to) - before(from) }, (_, i) => `_blocks.${before(from) + i}`);
  const stages = firstRows.map((row, i) =>
    scopes(row, firstRows[i + 1] ?? efficientNetLiteTable[name].length),
  );
  return [...stages.reverse(), ['_conv_stem', '_bn0', ...scopes(0, 1)]];
}

/** Channels of the blocks of a row in a network whose stem has `width` channels. */
export function efficientNetLiteChannels({ channels }: BlockGroup, width: number): number {
  return Math.max(1, Math.round((channels * width) / publishedWidth));
}

/**
 * EfficientNet-Lite, networks of inverted residuals (Sandler et al. 2018) for mobile processors: those of Tan & Le with
 * ReLU6 and without squeeze-and-excitation. Weights are named as in the PyTorch port with published ImageNet weights:
 * `prefix._conv_stem.weight`, `prefix._blocks.3._depthwise_conv.weight`, ….
 * @param image `[N, 3, H, W]`, H and W multiples of 32.
 * @returns The last map at each of the strides 4 to 32: 24, 40, 112 and 320 channels in Lite0.
 */
export function efficientNetLite(
  g: GraphBuilder,
  image: Value,
  config: BackboneConfig,
  prefix: string,
): BackboneMaps {
  const normalised = (x: Value, names: ConvNormNames, options: ConvOptions) => {
    const { kernel, stride = 1 } = options;
    const geometry = stride === 1 ? {} : { padding: 0 };
    return convNorm(g, stride === 1 ? x : padForStride2(g, x, kernel), names, {
      ...options,
      ...geometry,
      normalisation: config.norm,
    });
  };
  const relu6 = (x: Value) => g.clamp(x, 0, 6);

  const block = (x: Value, scope: string, { kernel, stride, expansion, channels }: BlockGroup) => {
    const inChannels = extent(x, 1);
    const middle = inChannels * expansion;
    let y = x;
    if (expansion > 1) {
      const names = { conv: `${scope}._expand_conv`, norm: `${scope}._bn0` };
      y = relu6(normalised(y, names, { channels: middle, kernel: 1 }));
    }
    const depthwise = { conv: `${scope}._depthwise_conv`, norm: `${scope}._bn1` };
    y = relu6(normalised(y, depthwise, { channels: middle, kernel, stride, groups: middle }));
    const project = { conv: `${scope}._project_conv`, norm: `${scope}._bn2` };
    y = normalised(y, project, { channels, kernel: 1 });
    return stride === 1 && inChannels === channels ? g.add(y, x) : y;
  };

  const stem = { conv: `${prefix}._conv_stem`, norm: `${prefix}._bn0` };
  let x = relu6(normalised(image, stem, { channels: config.width, kernel: 3, stride: 2 }));
  let index = 0;
  const ends = efficientNetLiteTable[config.name as EfficientNetLiteName].map((group) => {
    const channels = efficientNetLiteChannels(group, config.width);
    for (let i = 0; i < group.blocks; i++) {
      const stride = i === 0 ? group.stride : 1;
      x = block(x, `${prefix}._blocks.${index++}`, { ...group, stride, channels });
    }
    return x;
  });
  return { c2: ends[1], c3: ends[2], c4: ends[4], c5: ends[6] };
}

/**
 * TensorFlow's "same" padding for a convolution of stride 2, which the weights were trained with: for an even extent,
 * the far side gets one more zero than the near side.
 */
function padForStride2(g: GraphBuilder, x: Value, kernel: number): Value {
  const before = Math.floor((kernel - 2) / 2);
  const after = kernel - 2 - before;
  return g.apply('pad', [x], { before: [0, 0, before, before], after: [0, 0, after, after] });
}
