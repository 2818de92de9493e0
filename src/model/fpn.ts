import type { FpnConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { convNorm } from './layers.ts';

/** The levels of the pyramid and their strides; P6 serves the RPN alone. */
export const fpnStrides = { p2: 4, p3: 8, p4: 16, p5: 32, p6: 64 } as const;

export type FpnLevel = keyof typeof fpnStrides;

/** P2…P5, from which RoIs are pooled. */
export const roiLevels = ['p2', 'p3', 'p4', 'p5'] as const satisfies readonly FpnLevel[];

/** P2…P6, on which the RPN proposes. */
export const rpnLevels = [...roiLevels, 'p6'] as const satisfies readonly FpnLevel[];

/**
 * Feature pyramid (Lin et al. 2017): 1×1 laterals, a top-down path by nearest-neighbour upsampling, and a
 * 3×3 convolution on each level; P6 is P5 at every second pixel. Weights as torchvision's
 * `prefix.inner_blocks.{0…3}` and `prefix.layer_blocks.{0…3}`.
 */
export function fpn(g: GraphBuilder, maps: BackboneMaps, config: FpnConfig, prefix: string) {
  const block = (x: Value, kind: 'inner' | 'layer', index: number, kernel: number) => {
    const scope = `${prefix}.${kind}_blocks.${index}`;
    const options = { channels: config.channels, kernel, normalisation: config.norm };
    return convNorm(g, x, { conv: `${scope}.0`, norm: `${scope}.1` }, options);
  };
  const topDown = (coarser: Value, finer: Value, index: number) =>
    g.add(block(finer, 'inner', index, 1), g.upsampleNearest(coarser, 2));

  const inner5 = block(maps.c5, 'inner', 3, 1);
  const inner4 = topDown(inner5, maps.c4, 2);
  const inner3 = topDown(inner4, maps.c3, 1);
  const inner2 = topDown(inner3, maps.c2, 0);
  const p5 = block(inner5, 'layer', 3, 3);
  return {
    p2: block(inner2, 'layer', 0, 3),
    p3: block(inner3, 'layer', 1, 3),
    p4: block(inner4, 'layer', 2, 3),
    p5,
    p6: g.maxPool(p5, { kernel: 1, stride: 2, padding: 0 }),
  } satisfies Record<FpnLevel, Value>;
}
