import { UsageError } from '../core/errors.ts';
import { suggestion } from '../core/near-names.ts';
import { isResNetName } from './resnet-table.ts';
import { type BackboneName, backboneSchema, type StructureName } from './schema.ts';

/** The parts of an architecture's name. */
export interface Architecture {
  backbone: BackboneName;
  /**
   * `v1` follows the papers. `v2` (torchvision 2022, after Li et al. 2021) also has batch norm outside the backbone,
   * two convolutions in the RPN, and four convolutions and one fully connected layer in the box branch. `320` is
   * torchvision's Faster R-CNN for pictures of that size.
   */
  recipe: 'v1' | 'v2' | '320';
  /** All but `fpn` require the recipe `v1`; `c4` and `dc5` also require a ResNet. */
  structure: StructureName;
  /** True: Mask R-CNN; false: Faster R-CNN, without a mask branch. */
  mask: boolean;
  /** True: Keypoint R-CNN, which predicts keypoints instead of masks. Default false. */
  keypoint?: boolean;
}

/** The models that exist for each backbone; the first part of an architecture's name. */
const kinds = [
  { mask: true, keypoint: false },
  { mask: false, keypoint: false },
  { mask: false, keypoint: true },
] as const;

/**
 * Name → architecture, for every backbone: `maskrcnn_resnet50_fpn`, `fasterrcnn_resnext101_64x4d_fpn_v2`,
 * `maskrcnn_resnet50_c4`, ….
 */
const architectures: ReadonlyMap<string, Architecture> = new Map(
  backboneSchema.shape.name.options.flatMap((backbone) =>
    variantsOf(backbone).flatMap((variant) =>
      (variant.recipe === '320' ? kinds.slice(1, 2) : kinds).map((kind) => {
        const architecture = { backbone, ...variant, ...kind };
        return [architectureName(architecture), architecture] as const;
      }),
    ),
  ),
);

/** Every name that `architectureNamed` knows. */
export const architectureNames: readonly string[] = [...architectures.keys()];

/** torchvision's name of an architecture, or one formed like it. */
export function architectureName(architecture: Architecture): string {
  const { backbone, recipe, structure, mask, keypoint } = architecture;
  const parts = [keypoint ? 'keypointrcnn' : mask ? 'maskrcnn' : 'fasterrcnn', backbone, structure];
  if (recipe === '320') parts.splice(2, 0, recipe);
  if (recipe === 'v2') parts.push(recipe);
  return parts.join('_');
}

/**
 * The architecture with a name.
 * @param others Further names that the user may have meant.
 * @throws UsageError that lists similar names where there is no such architecture.
 */
export function architectureNamed(name: string, others: readonly string[] = []): Architecture {
  const architecture = architectures.get(name);
  if (!architecture) {
    throw new UsageError(
      `unknown architecture ${name}${suggestion(name, [...architectureNames, ...others])}`,
    );
  }
  return architecture;
}

/** The v2 recipe exists for ResNets only, as do the structures that treat the last stage separately. */
function variantsOf(backbone: BackboneName): readonly Pick<Architecture, 'recipe' | 'structure'>[] {
  const basic = { recipe: 'v1', structure: 'fpn' } as const;
  if (backbone === 'mobilenet_v3_large') return [basic, { recipe: '320', structure: 'fpn' }];
  const lastMap = { recipe: 'v1', structure: 'c5' } as const;
  if (!isResNetName(backbone)) return [basic, lastMap];
  return [
    basic,
    { recipe: 'v2', structure: 'fpn' },
    { recipe: 'v1', structure: 'c4' },
    lastMap,
    { recipe: 'v1', structure: 'dc5' },
  ];
}
