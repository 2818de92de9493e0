import { backboneDefaults } from '../config/backbone-defaults.ts';
import type { BackboneConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { type ConvNormNames, type ConvOptions, convNorm, extent } from './layers.ts';

/** A row of the network's table: blocks of the same kernel and width; the first may have a stride. */
interface BlockGroup {
  blocks: number;
  kernel: 3 | 5;
  stride: 1 | 2;
  /** Width of the middle of a block, as a multiple of its input's. */
  expansion: 1 | 6;
  /** With a stem of {@link publishedWidth}. */
  channels: number;
}

/** EfficientNet-B0's rows (Tan & Le 2019, Table 1), which Lite0 keeps. */
const groups: readonly BlockGroup[] = [
  { blocks: 1, kernel: 3, stride: 1, expansion: 1, channels: 16 },
  { blocks: 2, kernel: 3, stride: 2, expansion: 6, channels: 24 },
  { blocks: 2, kernel: 5, stride: 2, expansion: 6, channels: 40 },
  { blocks: 3, kernel: 3, stride: 2, expansion: 6, channels: 80 },
  { blocks: 3, kernel: 5, stride: 1, expansion: 6, channels: 112 },
  { blocks: 4, kernel: 5, stride: 2, expansion: 6, channels: 192 },
  { blocks: 1, kernel: 3, stride: 1, expansion: 6, channels: 320 },
];

const { width: publishedWidth } = backboneDefaults('efficientnet_lite0');

/** Blocks of the whole network. */
export const efficientNetLiteBlocks = groups.reduce((sum, { blocks }) => sum + blocks, 0);

/** Scopes of the stages' weights, from the last to the stem. A stage starts where the stride doubles. */
export const efficientNetLiteStages = [
  blockScopes(11, 15),
  blockScopes(5, 10),
  blockScopes(3, 4),
  blockScopes(1, 2),
  ['_conv_stem', '_bn0', ...blockScopes(0, 0)],
] as const;

/**
 * EfficientNet-Lite0, a network of inverted residuals (Sandler et al. 2018) for mobile processors: Tan & Le's B0 with
 * ReLU6 and without squeeze-and-excitation. Weights are named as in the PyTorch port with published ImageNet weights:
 * `prefix._conv_stem.weight`, `prefix._blocks.3._depthwise_conv.weight`, ….
 * @param image `[N, 3, H, W]`, H and W multiples of 32.
 * @returns The last map at each of the strides 4 to 32: 24, 40, 112 and 320 channels.
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
  const ends = groups.map((group) => {
    const channels = Math.max(1, Math.round((group.channels * config.width) / publishedWidth));
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

function blockScopes(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `_blocks.${first + i}`);
}
