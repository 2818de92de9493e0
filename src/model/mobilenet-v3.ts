import { backboneDefaults } from '../config/backbone-defaults.ts';
import { multipleOf8 } from '../config/multiple-of-8.ts';
import type { BackboneConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { conv, convNorm, extent, globalAveragePool } from './layers.ts';

/** A block of the network's table (Howard et al. 2019, Table 1). Channels are those with a stem of 16. */
interface BlockLayout {
  kernel: 3 | 5;
  /** Channels in the middle of the block. */
  middle: number;
  channels: number;
  /** Whether the block has squeeze-and-excitation (Hu et al. 2018). */
  excites: boolean;
  activation: 'relu' | 'hardSwish';
  stride: 1 | 2;
}

type Row = readonly [
  kernel: 3 | 5,
  middle: number,
  channels: number,
  excites: boolean,
  activation: BlockLayout['activation'],
  stride: 1 | 2,
];

const rows: readonly Row[] = [
  [3, 16, 16, false, 'relu', 1],
  [3, 64, 24, false, 'relu', 2],
  [3, 72, 24, false, 'relu', 1],
  [5, 72, 40, true, 'relu', 2],
  [5, 120, 40, true, 'relu', 1],
  [5, 120, 40, true, 'relu', 1],
  [3, 240, 80, false, 'hardSwish', 2],
  [3, 200, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 184, 80, false, 'hardSwish', 1],
  [3, 480, 112, true, 'hardSwish', 1],
  [3, 672, 112, true, 'hardSwish', 1],
  [5, 672, 160, true, 'hardSwish', 2],
  [5, 960, 160, true, 'hardSwish', 1],
  [5, 960, 160, true, 'hardSwish', 1],
];

const { width: publishedWidth } = backboneDefaults('mobilenet_v3_large');

/** Layers of torchvision's `features`: the stem, the blocks and the last convolution. */
export const mobileNetV3Layers = rows.length + 2;

/** Scopes of the stages' weights, from the last to the stem. A stage starts where the stride doubles. */
export const mobileNetV3Stages = [
  ['13', '14', '15', '16'],
  ['7', '8', '9', '10', '11', '12'],
  ['4', '5', '6'],
  ['2', '3'],
  ['0', '1'],
] as const;

/**
 * MobileNetV3-Large (Howard et al. 2019), torchvision's `mobilenet_v3_large().features`. Weights are named as there:
 * `prefix.0.0.weight`, `prefix.4.block.2.fc1.weight`, ….
 * @param image `[N, 3, H, W]`, H and W multiples of 32.
 * @returns The last map at each of the strides 4 to 32: 24, 40, 112 and 960 channels.
 */
export function mobileNetV3(
  g: GraphBuilder,
  image: Value,
  config: BackboneConfig,
  prefix: string,
): BackboneMaps {
  const layers = features(g, image, config, prefix);
  return { c2: layers[3], c3: layers[6], c4: layers[12], c5: layers[16] };
}

/**
 * The two maps that torchvision's detectors are built on (`_mobilenet_extractor`), both of stride 32: the first block
 * of that stride, with 160 channels, and the last layer, with 960.
 */
export function mobileNetV3LastTwo(
  g: GraphBuilder,
  image: Value,
  config: BackboneConfig,
  prefix: string,
): [Value, Value] {
  const layers = features(g, image, config, prefix);
  return [layers[13], layers[16]];
}

/** The output of each layer. */
function features(g: GraphBuilder, image: Value, config: BackboneConfig, prefix: string): Value[] {
  const scaled = (channels: number) => multipleOf8((channels * config.width) / publishedWidth);
  const normalised = (x: Value, scope: string, options: Parameters<typeof convNorm>[3]) =>
    convNorm(g, x, { conv: `${scope}.0`, norm: `${scope}.1` }, options);
  const normalisation = config.norm;

  const block = (x: Value, scope: string, layout: BlockLayout) => {
    const { kernel, stride, channels, excites } = layout;
    const middle = scaled(layout.middle);
    const activate = layout.activation === 'relu' ? g.relu.bind(g) : hardSwish.bind(null, g);
    let y = x;
    let part = 0;
    const next = () => `${scope}.block.${part++}`;
    if (middle !== extent(x, 1)) {
      y = activate(normalised(y, next(), { channels: middle, kernel: 1, normalisation }));
    }
    const depthwise = { channels: middle, kernel, stride, groups: middle, normalisation };
    y = activate(normalised(y, next(), depthwise));
    if (excites) y = excite(g, y, next(), multipleOf8(Math.floor(middle / 4)));
    y = normalised(y, next(), { channels: scaled(channels), kernel: 1, normalisation });
    return stride === 1 && extent(x, 1) === extent(y, 1) ? g.add(y, x) : y;
  };

  const stem = { channels: scaled(publishedWidth), kernel: 3, stride: 2, normalisation };
  const layers = [hardSwish(g, normalised(image, `${prefix}.0`, stem))];
  for (const [kernel, middle, channels, excites, activation, stride] of rows) {
    const layout = { kernel, middle, channels, excites, activation, stride };
    layers.push(block(layers.at(-1)!, `${prefix}.${layers.length}`, layout));
  }
  const last = layers.at(-1)!;
  const head = { channels: 6 * extent(last, 1), kernel: 1, normalisation };
  return [...layers, hardSwish(g, normalised(last, `${prefix}.${layers.length}`, head))];
}

/** x · hardSigmoid(x) */
function hardSwish(g: GraphBuilder, x: Value): Value {
  return g.mul(x, g.apply('hardSigmoid', [x], {}));
}

/** Squeeze-and-excitation: scales each channel by a weight that depends on the means of all channels. */
function excite(g: GraphBuilder, x: Value, scope: string, squeezed: number): Value {
  const few = g.relu(conv(g, globalAveragePool(g, x), `${scope}.fc1`, { channels: squeezed, kernel: 1 }));
  const weights = conv(g, few, `${scope}.fc2`, { channels: extent(x, 1), kernel: 1 });
  return g.mul(g.apply('hardSigmoid', [weights], {}), x);
}
