import { backboneDefaults } from '../config/backbone-defaults.ts';
import type { BackboneConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { conv, normalise } from './layers.ts';

/** Convolutions of each stage, and their channels with a stem of 64 (Simonyan & Zisserman 2015, Table 1, D). */
const stages = [
  { convolutions: 2, channels: 64 },
  { convolutions: 2, channels: 128 },
  { convolutions: 3, channels: 256 },
  { convolutions: 3, channels: 512 },
  { convolutions: 3, channels: 512 },
] as const;

const { width: publishedWidth } = backboneDefaults('vgg16');

type Config = Pick<BackboneConfig, 'norm' | 'width'>;

/**
 * Positions of each stage's convolutions in torchvision's `features`, where norms, ReLUs and pools are numbered too.
 */
function convolutionPlaces({ norm }: Pick<Config, 'norm'>): number[][] {
  const step = norm.kind === 'none' ? 2 : 3;
  let place = 0;
  return stages.map(({ convolutions }) => {
    const places = Array.from({ length: convolutions }, (_, i) => place + i * step);
    place += convolutions * step + 1;
    return places;
  });
}

/** Layers of `features` up to the last convolution, or the norm that follows it. */
export function vggLayers({ norm }: Pick<Config, 'norm'>): number {
  const last = convolutionPlaces({ norm }).flat().at(-1)!;
  return last + (norm.kind === 'none' ? 1 : 2);
}

/** Scopes of the stages' weights, from the last to the first. */
export function vggStages(config: Pick<Config, 'norm'>): string[][] {
  const scopes = convolutionPlaces(config).map((places) =>
    places.flatMap((place) => [String(place), String(place + 1)]),
  );
  return scopes.reverse();
}

/**
 * VGG-16: torchvision's `vgg16().features`, or with a norm `vgg16_bn().features`. Weights are named as there:
 * `prefix.0.weight`, ….
 * @param image `[N, 3, H, W]`, H and W multiples of 32.
 * @returns conv3_3, conv4_3 and conv5_3 after their ReLU, of strides 4, 8 and 16, and the last pool, of stride 32.
 */
export function vgg(g: GraphBuilder, image: Value, config: Config, prefix: string): BackboneMaps {
  const pool = (x: Value) => g.maxPool(x, { kernel: 2, stride: 2, padding: 0 });
  const places = convolutionPlaces(config);
  let x = image;
  const ends = stages.map((stage, i) => {
    const channels = Math.max(1, Math.round((stage.channels * config.width) / publishedWidth));
    if (i > 0) x = pool(x);
    for (const place of places[i]) {
      // torchvision keeps the bias before a norm, too.
      const convolved = conv(g, x, `${prefix}.${place}`, { channels, kernel: 3 });
      x = g.relu(normalise(g, convolved, `${prefix}.${place + 1}`, config.norm));
    }
    return x;
  });
  return { c2: ends[2], c3: ends[3], c4: ends[4], c5: pool(ends[4]) };
}
