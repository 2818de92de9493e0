import type { ModelConfig, RoiPoolConfig, StructureName } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { type Dim, symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { assignLevels } from '../ops/level-assignment.ts';
import { backbone, backboneStride, isResNet } from './backbone.ts';
import { fpn, fpnStrides, type LateralMap, roiLevels, rpnLevels } from './fpn.ts';
import { mobileNetV3LastTwo } from './mobilenet-v3.ts';
import { type ResNetConfig, residualStage } from './residual-stage.ts';
import { resnetToC4 } from './resnet.ts';
import { scopes } from './weight-names.ts';

/** A feature map of the trunk. */
export interface MapLevel {
  /** `p2`…`p6`, `c4` or `c5`: the suffix of the graphs' inputs and outputs for this level. */
  readonly name: string;
  /** Pixels of the resized picture per pixel of the map. A power of two. */
  readonly stride: number;
}

/** The maps that each part of a model uses. */
export interface Levels {
  /** Levels that RoIs are pooled from. */
  readonly roi: readonly MapLevel[];
  /** Levels that the RPN runs on. */
  readonly rpn: readonly MapLevel[];
  /** See `LevelRange`; set if there are several levels for RoIs. */
  readonly canonicalSize?: number;
  /** The most RoIs per run of the box branch in prediction, to limit memory; absent: no limit. */
  readonly roisAtOnce?: number;
}

const pyramid = (names: readonly (keyof typeof fpnStrides)[]): MapLevel[] =>
  names.map((name) => ({ name, stride: fpnStrides[name] }));

const c4: MapLevel = { name: 'c4', stride: 16 };
const c5: MapLevel = { name: 'c5', stride: 32 };
const dilatedC5: MapLevel = { ...c5, stride: 16 };

const p5: MapLevel = { name: 'p5', stride: 32 };

/** The pyramid on the last two maps of MobileNetV3, which have the same stride. All RoIs are pooled from the first. */
const lastTwo: Levels = {
  roi: [p5],
  rpn: [p5, { name: 'p5b', stride: 32 }, { name: 'p6', stride: 64 }],
};

const pyramidLevels: Levels = { roi: pyramid(roiLevels), rpn: pyramid(rpnLevels) };

const singleLevel: Record<Exclude<StructureName, 'fpn'>, Levels> = {
  c4: { roi: [c4], rpn: [c4], roisAtOnce: 128 },
  c5: { roi: [c5], rpn: [c5] },
  dc5: { roi: [dilatedC5], rpn: [dilatedC5] },
};

/** The maps of a structure. */
export function levelsOf({ structure, fpn }: Pick<ModelConfig, 'structure' | 'fpn'>): Levels {
  if (structure !== 'fpn') return singleLevel[structure];
  return fpn.maps === 'lastTwo' ? lastTwo : { ...pyramidLevels, canonicalSize: fpn.canonicalSize };
}

/**
 * Stage 2: the maps of a structure, by the names of their levels.
 * @param image `[N, 3, H, W]`, H and W multiples of {@link backboneStride}.
 * @throws UsageError if the structure does not support the configured backbone.
 */
export function trunkMaps(
  g: GraphBuilder,
  image: Value,
  config: Pick<ModelConfig, 'structure' | 'backbone' | 'fpn'>,
): Record<string, Value> {
  if (config.structure === 'fpn') {
    return fpn(g, lateralMaps(g, image, config), config.fpn, scopes.fpn);
  }
  if (config.structure === 'c5') return { c5: backbone(g, image, config.backbone).c5 };
  const resnet = resnetOf(config);
  const map = resnetToC4(g, image, resnet, scopes.backbone).c4;
  if (config.structure === 'c4') return { c4: map };
  const dilated = { config: resnet, prefix: scopes.backbone, index: 4, stride: 1, dilation: 2 } as const;
  return { c5: residualStage(g, map, dilated) };
}

/** The maps of the backbone that the pyramid is built on. */
function lateralMaps(
  g: GraphBuilder,
  image: Value,
  { backbone: config, fpn: { maps } }: Pick<ModelConfig, 'backbone' | 'fpn'>,
): LateralMap[] {
  if (maps === 'lastTwo') {
    if (config.name !== 'mobilenet_v3_large') {
      throw new UsageError(`fpn.maps lastTwo needs the backbone mobilenet_v3_large, not ${config.name}`);
    }
    const both = mobileNetV3LastTwo(g, image, config, scopes.backbone);
    return both.map((map, i) => ({ level: lastTwo.rpn[i].name, stride: lastTwo.rpn[i].stride, map }));
  }
  const { c2, c3, c4, c5 } = backbone(g, image, config);
  return [c2, c3, c4, c5].map((map, i) => ({ level: roiLevels[i], stride: fpnStrides[roiLevels[i]], map }));
}

/**
 * The last stage of the ResNet on the RoIs of structure `c4`: `res5`, which both branches share. Its weights are named
 * as part of the backbone, so that those of a classifier fit.
 * @param pooled `[R, C, n, n]`
 * @returns `[R, 2·C, n/2, n/2]`
 */
export function sharedStage(
  g: GraphBuilder,
  pooled: Value,
  config: Pick<ModelConfig, 'structure' | 'backbone'>,
): Value {
  return residualStage(g, pooled, { config: resnetOf(config), prefix: scopes.backbone, index: 4, stride: 2 });
}

/** The maps that RoIs are pooled from, as inputs of a graph. */
export function mapInputs(g: GraphBuilder, config: ModelConfig, pictures: Dim = 1): Record<string, Value> {
  const scratch = new GraphBuilder('shapes');
  const maps = trunkMaps(scratch, imageInput(scratch, pictures), config);
  const inputs = levelsOf(config).roi.map(({ name }) => [name, g.input(name, maps[name].shape)] as const);
  return Object.fromEntries(inputs);
}

/** `image` `[pictures, 3, H, W]` */
export function imageInput(g: GraphBuilder, pictures: Dim): Value {
  return g.input('image', [pictures, 3, symbol('h', backboneStride), symbol('w', backboneStride)]);
}

/**
 * Assigns RoIs to levels.
 * @param boxes `[R, 4]` in pixels of the resized picture.
 * @returns For each level, the indices of its RoIs in ascending order.
 */
export function assignRois(boxes: Float32Array, { canonicalSize }: Levels): number[][] {
  if (canonicalSize === undefined) return [[...Array(boxes.length / 4).keys()]];
  return assignLevels(boxes, { first: 2, last: 5, canonicalSize });
}

/** A configuration with a mask branch. */
type MaskRoiConfig = Pick<ModelConfig, 'structure' | 'box'> & { mask: NonNullable<ModelConfig['mask']> };

/** The pooling of the mask branch: in structure `c4` the box branch's. */
export function maskPool({ structure, box, mask }: MaskRoiConfig): RoiPoolConfig {
  return structure === 'c4' ? box.head.pool : mask.pool;
}

/** Pixels along each side of a predicted mask: twice the pooled resolution, which `res5` halves first in `c4`. */
export function maskSide({ structure, box, mask }: MaskRoiConfig): number {
  return structure === 'c4' ? box.head.pool.resolution : 2 * mask.pool.resolution;
}

function resnetOf({ structure, backbone }: Pick<ModelConfig, 'structure' | 'backbone'>): ResNetConfig {
  if (isResNet(backbone)) return backbone;
  throw new UsageError(`structure ${structure} needs a ResNet as its backbone, not ${backbone.name}`);
}
