import type { FpnConfig } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import { convNorm } from './layers.ts';

/** The levels of the pyramid and their strides. P6 is used by the RPN only. */
export const fpnStrides = { p2: 4, p3: 8, p4: 16, p5: 32, p6: 64 } as const;

export type FpnLevel = keyof typeof fpnStrides;

/** P2…P5, which RoIs are pooled from. */
export const roiLevels = ['p2', 'p3', 'p4', 'p5'] as const satisfies readonly FpnLevel[];

/** P2…P6, which the RPN runs on. */
export const rpnLevels = [...roiLevels, 'p6'] as const satisfies readonly FpnLevel[];

/** A map of the backbone, and the level of the pyramid that is computed from it. */
export interface LateralMap {
  readonly level: string;
  /** Pixels of the resized picture per pixel of the map. */
  readonly stride: number;
  readonly map: Value;
}

/**
 * Feature pyramid (Lin et al. 2017): 1×1 laterals, a top-down path with nearest-neighbour upsampling, and a 3×3
 * convolution on each level; P6 is the coarsest level, subsampled by 2. Weights are named as in torchvision:
 * `prefix.inner_blocks.{0…}` and `prefix.layer_blocks.{0…}`.
 * @param laterals From the finest to the coarsest; neighbours may have the same stride.
 * @returns The levels of the laterals, and `p6`.
 */
export function fpn(
  g: GraphBuilder,
  laterals: readonly LateralMap[],
  config: FpnConfig,
  prefix: string,
): Record<string, Value> {
  const block = (x: Value, kind: 'inner' | 'layer', index: number, kernel: number) => {
    const scope = `${prefix}.${kind}_blocks.${index}`;
    const options = { channels: config.channels, kernel, normalisation: config.norm };
    return convNorm(g, x, { conv: `${scope}.0`, norm: `${scope}.1` }, options);
  };
  const last = laterals.length - 1;
  const inner: Value[] = [];
  for (let i = last; i >= 0; i--) {
    const lateral = block(laterals[i].map, 'inner', i, 1);
    inner[i] =
      i === last
        ? lateral
        : g.add(lateral, enlarge(inner[i + 1], laterals[i + 1].stride / laterals[i].stride));
  }
  function enlarge(coarser: Value, factor: number): Value {
    return factor === 1 ? coarser : g.upsampleNearest(coarser, factor);
  }

  const coarsest = block(inner[last], 'layer', last, 3);
  const levels = laterals.map(({ level }, i) => [
    level,
    i === last ? coarsest : block(inner[i], 'layer', i, 3),
  ]);
  return {
    ...Object.fromEntries(levels),
    p6: g.maxPool(coarsest, { kernel: 1, stride: 2, padding: 0 }),
  };
}
