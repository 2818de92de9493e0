import type { ModelConfig, RoiPoolConfig, StructureName } from '../config/schema.ts';
import { UsageError } from '../core/errors.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { type Dim, symbol } from '../graph/dim.ts';
import type { Value } from '../graph/graph.ts';
import { assignLevels } from '../ops/level-assignment.ts';
import { backbone, isResNet, scope } from './backbone.ts';
import { fpn, fpnStrides, type LateralMap, roiLevels, rpnLevels } from './fpn.ts';
import { mobileNetV3LastTwo } from './mobilenet-v3.ts';
import { type ResNetConfig, residualStage } from './residual-stage.ts';
import { resnetToC4 } from './resnet.ts';

/** Height and width of the network's input are multiples of this: the largest stride of a backbone. */
const sizeDivisor = 32;

/** One of the maps that a trunk gives. */
export interface MapLevel {
  /** `p2`…`p6`, `c4` or `c5`: the suffix of the graphs' inputs and outputs that belong to it. */
  readonly name: string;
  /** Pixels of the resized picture for each of the map. A power of two. */
  readonly stride: number;
}

/** On which maps each part of a model works. */
export interface Levels {
  /** From which RoIs are pooled. */
  readonly roi: readonly MapLevel[];
  /** On which the RPN proposes. */
  readonly rpn: readonly MapLevel[];
  /** See `LevelRange`, where there are several levels for RoIs. */
  readonly canonicalSize?: number;
  /** RoIs that the box branch takes in one run of prediction, where not all: a ResNet's stage on each needs memory. */
  readonly roisAtOnce?: number;
}

const pyramid = (names: readonly (keyof typeof fpnStrides)[]): MapLevel[] =>
  names.map((name) => ({ name, stride: fpnStrides[name] }));

const c4: MapLevel = { name: 'c4', stride: 16 };
const c5: MapLevel = { name: 'c5', stride: 32 };
const dilatedC5: MapLevel = { ...c5, stride: 16 };

const p5: MapLevel = { name: 'p5', stride: 32 };

/** The pyramid on the last two maps of MobileNetV3. Its finer level is no finer, and takes all RoIs. */
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
 * Stage 2: every map of a structure, by the names of its levels.
 * @param image `[N, 3, H, W]`, H and W multiples of {@link sizeDivisor}.
 * @throws UsageError where the structure needs another backbone than the configuration has.
 */
export function trunkMaps(
  g: GraphBuilder,
  image: Value,
  config: Pick<ModelConfig, 'structure' | 'backbone' | 'fpn'>,
): Record<string, Value> {
  if (config.structure === 'fpn') {
    return fpn(g, lateralMaps(g, image, config), config.fpn, `backbone.fpn`);
  }
  if (config.structure === 'c5') return { c5: backbone(g, image, config.backbone).c5 };
  const resnet = resnetOf(config);
  const map = resnetToC4(g, image, resnet, scope).c4;
  if (config.structure === 'c4') return { c4: map };
  const dilated = { config: resnet, prefix: scope, index: 4, stride: 1, dilation: 2 } as const;
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
    const both = mobileNetV3LastTwo(g, image, config, scope);
    return both.map((map, i) => ({ level: lastTwo.rpn[i].name, stride: lastTwo.rpn[i].stride, map }));
  }
  const { c2, c3, c4, c5 } = backbone(g, image, config);
  return [c2, c3, c4, c5].map((map, i) => ({ level: roiLevels[i], stride: fpnStrides[roiLevels[i]], map }));
}

/**
 * The last stage of the ResNet on the RoIs of structure `c4`: `res5`, which both branches share. Its weights keep
 * their place among the backbone's, so that those of a classifier fit.
 * @param pooled `[R, C, n, n]`
 * @returns `[R, 2·C, n/2, n/2]`
 */
export function sharedStage(
  g: GraphBuilder,
  pooled: Value,
  config: Pick<ModelConfig, 'structure' | 'backbone'>,
): Value {
  return residualStage(g, pooled, { config: resnetOf(config), prefix: scope, index: 4, stride: 2 });
}

/** The maps that RoIs are pooled from as inputs of a graph: what the trunk left on the host. */
export function mapInputs(g: GraphBuilder, config: ModelConfig, pictures: Dim = 1): Record<string, Value> {
  const scratch = new GraphBuilder('shapes');
  const maps = trunkMaps(scratch, imageInput(scratch, pictures), config);
  const inputs = levelsOf(config).roi.map(({ name }) => [name, g.input(name, maps[name].shape)] as const);
  return Object.fromEntries(inputs);
}

/** `image` `[pictures, 3, H, W]` */
export function imageInput(g: GraphBuilder, pictures: Dim): Value {
  return g.input('image', [pictures, 3, symbol('h', sizeDivisor), symbol('w', sizeDivisor)]);
}

/**
 * The level on which each RoI is pooled.
 * @param boxes `[R, 4]` in pixels of the resized picture.
 * @returns For each level the indices of its RoIs in ascending order.
 */
export function assignRois(boxes: Float32Array, { canonicalSize }: Levels): number[][] {
  if (canonicalSize === undefined) return [[...Array(boxes.length / 4).keys()]];
  return assignLevels(boxes, { first: 2, last: 5, canonicalSize });
}

/** A configuration with a mask branch. */
type MaskRoiConfig = Pick<ModelConfig, 'structure' | 'box'> & { mask: NonNullable<ModelConfig['mask']> };

/** How the mask branch pools: in structure `c4` as the box branch does. */
export function maskPool({ structure, box, mask }: MaskRoiConfig): RoiPoolConfig {
  return structure === 'c4' ? box.head.pool : mask.pool;
}

/** Pixels along each side of a predicted mask: the branch doubles what it pools; `res5` has halved it before. */
export function maskSide({ structure, box, mask }: MaskRoiConfig): number {
  return structure === 'c4' ? box.head.pool.resolution : 2 * mask.pool.resolution;
}

function resnetOf({ structure, backbone }: Pick<ModelConfig, 'structure' | 'backbone'>): ResNetConfig {
  if (isResNet(backbone)) return backbone;
  throw new UsageError(`structure ${structure} needs a ResNet for a backbone, not ${backbone.name}`);
}
