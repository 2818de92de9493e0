import { UsageError } from '../core/errors.ts';
import { suggestion } from '../core/near-names.ts';
import { backboneDefaults } from './backbone-defaults.ts';
import { cocoCategories } from './coco-categories.ts';
import { parseModelConfig } from './parse.ts';
import {
  type BackboneName,
  backboneSchema,
  type Category,
  type ModelConfig,
  type NormConfig,
  resnetNames,
} from './schema.ts';

/** What an architecture's name says. */
export interface Architecture {
  backbone: BackboneName;
  /**
   * `v1` follows the articles. `v2` (torchvision 2022, after Li et al. 2021) has batch norm outside the backbone
   * too, two convolutions in the RPN, and four with one fully connected layer in the box branch.
   */
  recipe: 'v1' | 'v2';
  /** Mask R-CNN, or Faster R-CNN without the mask branch. */
  mask: boolean;
}

/** Name → architecture, for every backbone: `maskrcnn_resnet50_fpn`, `fasterrcnn_resnext101_64x4d_fpn_v2`, …. */
const architectures: ReadonlyMap<string, Architecture> = new Map(
  backboneSchema.shape.name.options.flatMap((backbone) =>
    recipesOf(backbone).flatMap((recipe) =>
      [true, false].map((mask) => {
        const architecture = { backbone, recipe, mask };
        return [architectureName(architecture), architecture] as const;
      }),
    ),
  ),
);

/** Every name that `architectureNamed` knows. */
export const architectureNames: readonly string[] = [...architectures.keys()];

/** torchvision's name of an architecture. */
export function architectureName({ backbone, recipe, mask }: Architecture): string {
  return `${mask ? 'maskrcnn' : 'fasterrcnn'}_${backbone}_fpn${recipe === 'v2' ? '_v2' : ''}`;
}

/** @throws UsageError that lists near names where there is no such architecture. */
export function architectureNamed(name: string): Architecture {
  const architecture = architectures.get(name);
  if (!architecture) {
    throw new UsageError(`unknown architecture ${name}${suggestion(name, architectureNames)}`);
  }
  return architecture;
}

/** The v2 recipe was made for ResNets. */
function recipesOf(backbone: BackboneName): readonly Architecture['recipe'][] {
  return (resnetNames as readonly string[]).includes(backbone) ? ['v1', 'v2'] : ['v1'];
}

const noNorm: NormConfig = { kind: 'none', eps: 1e-5 };

/**
 * The configuration that torchvision's builder of this architecture makes. As there, v1 has frozen batch norm in
 * the backbone (as trained models do) and none elsewhere.
 */
export function presetConfig(
  { backbone, recipe, mask }: Architecture,
  categories: readonly Category[] = cocoCategories,
): ModelConfig {
  const isV2 = recipe === 'v2';
  const headNorm: NormConfig = isV2 ? { kind: 'batchNorm', eps: 1e-5 } : noNorm;
  const { width, eps, preprocess } = backboneDefaults(backbone);
  return parseModelConfig('preset', {
    preprocess,
    backbone: { name: backbone, norm: { kind: isV2 ? 'batchNorm' : 'frozenBatchNorm', eps }, width },
    fpn: { norm: headNorm },
    rpn: {
      convolutions: isV2 ? 2 : 1,
      anchors: {
        sizes: [[32], [64], [128], [256], [512]],
        aspectRatios: Array.from({ length: 5 }, () => [0.5, 1, 2]),
      },
    },
    box: {
      head: {
        pool: { resolution: 7 },
        convolutions: isV2 ? [256, 256, 256, 256] : [],
        norm: headNorm,
        fullyConnected: isV2 ? [1024] : [1024, 1024],
      },
    },
    mask: mask ? { pool: { resolution: 14 }, convolutions: [256, 256, 256, 256], norm: headNorm } : null,
    categories,
  });
}

/**
 * Categories of a model of which only the number of classes is known: COCO's for 91 (the background counts),
 * `class_1`, `class_2`, … otherwise.
 */
export function categoriesFor(classes: number): readonly Category[] {
  if (classes === cocoCategories.length + 1) return cocoCategories;
  return Array.from({ length: classes - 1 }, (_, i) => ({ id: i + 1, name: `class_${i + 1}` }));
}
