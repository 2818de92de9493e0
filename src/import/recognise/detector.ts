import { architectureName, architectureNamed } from '../../config/architectures.ts';
import { categoriesFor, cocoCategories } from '../../config/coco-categories.ts';
import { jointsFor, personCategory } from '../../config/coco-joints.ts';
import { parseModelConfig } from '../../config/parse.ts';
import { presetConfig } from '../../config/presets.ts';
import type { Category, ModelConfig, StructureName } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { levelsOf } from '../../model/structure.ts';
import { scopes, semanticScopes } from '../../model/weight-names.ts';
import { withDetectron2Conventions } from '../detectron2/conventions.ts';
import { backboneNorm, recogniseBackbone } from './backbone.ts';
import { readBoxHead, readMask } from './heads.ts';
import { KeyShapes } from './key-shapes.ts';
import { readKeypoint } from './keypoint.ts';
import { normAt } from './norm.ts';

export interface Recognition {
  /** The configuration by the keys, with torchvision's defaults for what they do not show. */
  config: ModelConfig;
  /** Anchors per location that the RPN scores, to be compared with the final configuration. */
  anchorsPerLocation: number;
  /** What was found and what was assumed, for the user. */
  notes: string[];
}

export interface RecogniseOptions {
  /** Takes the structure from this architecture instead of the keys; only the number of classes is read from them. */
  arch?: string | undefined;
  /** Whether the file has the key names of torchvision's files of 2019 and 2020. */
  legacyKeys?: boolean;
  /** Whether the weights are a Detectron2 model's: its conventions then apply to what shapes do not show. */
  detectron2?: boolean;
}

const detectron2Note =
  'Detectron2: anchors not rounded, RoIAlign aligned with sampling ratio 0, colour channels reversed, background moved to the front';

const classifier = 'an image classifier, for `mask-rcnn train --backbone-weights`';

/** Key prefixes of similar models that are not ours, and what the error message calls them. */
const foreignModels: readonly (readonly [prefix: string, what: string])[] = [
  ['head.classification_head.', 'a one-stage detector (RetinaNet, FCOS or SSD)'],
  ['layer1.0.conv1.', classifier],
  ['_blocks.0.', classifier],
  ['features.0.', classifier],
  [`${semanticScopes.main.logits}.`, 'an FCN model, for `mask-rcnn segment`'],
];

/**
 * Recognises the architecture by the names and shapes of weights, under torchvision's current names.
 * @param source The file, for messages.
 * @throws InputError where it is another model, or a required key is missing.
 * @throws UsageError where `arch` is unknown.
 */
export function recogniseDetector(
  source: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  { arch, legacyKeys = false, detectron2 = false }: RecogniseOptions = {},
): Recognition {
  const keys = new KeyShapes(source, shapes);
  if (arch === undefined) refuseForeign(keys);
  const classes = readClasses(keys);
  const categories = isPersonModel(keys, classes) ? [personCategory] : categoriesFor(classes);
  const notes: string[] = [];
  const found = arch === undefined ? readConfig(keys, categories) : namedConfig(keys, arch, categories);
  const config = detectron2
    ? withDetectron2Conventions(found)
    : setPublishedEps(found, { classes, legacyKeys, notes });
  if (detectron2) notes.push(detectron2Note);
  if (arch === undefined) notes.unshift(`recognised ${describe(config)} with ${plural(classes, 'class')}`);
  if (categories === cocoCategories)
    notes.push('91 classes: COCO categories, the class index is the category id');
  const anchorsPerLocation = keys.need(`${scopes.rpnObjectness}.weight`, 4, 'the number of anchors')[0]!;
  return { config, anchorsPerLocation, notes };
}

/** @throws InputError where the configuration does not have as many anchors per location as the RPN scores. */
export function checkAnchors(source: string, config: ModelConfig, anchorsPerLocation: number): void {
  const { sizes, aspectRatios } = config.rpn.anchors;
  const fail = (problem: string) =>
    new InputError(source, `${problem}; set rpn_anchor_generator in a config file`);
  const wanted = levelsOf(config).rpn.length;
  if (sizes.length !== wanted || aspectRatios.length !== wanted) {
    const levels =
      wanted === 1
        ? 'list of sizes and of aspect ratios'
        : `lists of sizes and of aspect ratios${wanted === 5 ? ' (P2…P6)' : ''}`;
    throw fail(`anchors need ${wanted} ${levels}, got ${sizes.length} and ${aspectRatios.length}`);
  }
  sizes.forEach((levelSizes, level) => {
    const anchors = levelSizes.length * aspectRatios[level]!.length;
    if (anchors !== anchorsPerLocation) {
      throw fail(
        `the RPN scores ${anchorsPerLocation} anchors at each position, the configuration makes ${anchors}`,
      );
    }
  });
}

function refuseForeign(keys: KeyShapes): void {
  for (const [prefix, what] of foreignModels) {
    if (keys.hasPrefix(prefix)) {
      throw new InputError(keys.source, `is ${what}; only Mask R-CNN and Faster R-CNN are supported`);
    }
  }
}

/**
 * The preset of an architecture. Normalisation and keypoints, which do not change the structure, are read from the file.
 */
function namedConfig(keys: KeyShapes, arch: string, categories: readonly Category[]): ModelConfig {
  const preset = presetConfig(architectureNamed(arch), categories);
  const norm = backboneNorm(keys, preset.backbone.name);
  const keypoint = preset.keypoint && readKeypoint(keys);
  return { ...preset, backbone: { ...preset.backbone, norm }, keypoint };
}

/** Whether a model detects only persons, as torchvision's Keypoint R-CNN does. */
function isPersonModel(keys: KeyShapes, classes: number): boolean {
  return classes === 2 && readKeypoint(keys)?.names.length === jointsFor(17).names.length;
}

function readClasses(keys: KeyShapes): number {
  const classes = keys.need(`${scopes.classLogits}.weight`, 2, 'the number of classes')[0]!;
  if (classes < 2) throw new InputError(keys.source, 'has no classes besides the background');
  return classes;
}

function readConfig(keys: KeyShapes, categories: readonly Category[]): ModelConfig {
  const backbone = recogniseBackbone(keys);
  const structure = readStructure(keys);
  const architecture = { backbone: backbone.name, recipe: 'v1', structure } as const;
  const withMask = presetConfig({ ...architecture, mask: true }, categories);
  const isLastTwo =
    backbone.name === 'mobilenet_v3_large' && keys.countOf(`${scopes.fpn}.inner_blocks.`) === 2;
  const preset = isLastTwo ? presetConfig({ ...architecture, mask: false }, categories) : withMask;
  const mask = readMask(keys, withMask.mask!);
  const keypoint = readKeypoint(keys);
  if (structure !== 'fpn') return readSingleLevel(keys, { ...preset, backbone, mask, keypoint });
  const channels = keys.need(`${scopes.fpn}.layer_blocks.0.0.weight`, 4, 'the channels of the FPN')[0]!;
  return parseModelConfig(keys.source, {
    ...preset,
    backbone,
    fpn: { ...preset.fpn, channels, norm: normAt(keys, `${scopes.fpn}.layer_blocks.0.1`) },
    rpn: { ...preset.rpn, convolutions: keys.countOf(`${scopes.rpnConvolutions}.`) },
    box: { ...preset.box, head: readBoxHead(keys, channels, preset.box.head) },
    mask,
    keypoint,
  });
}

/**
 * Without a pyramid, `dc5` has fully connected layers and `c4` runs the last stage of the backbone on the RoIs. `c5`
 * has the same keys as `dc5`, but no published weights.
 */
function readStructure(keys: KeyShapes): StructureName {
  if (keys.hasPrefix(`${scopes.fpn}.`) || keys.hasPrefix(`${scopes.boxHead}.0.`)) return 'fpn';
  return keys.hasPrefix(`${scopes.boxHead}.`) ? 'dc5' : 'c4';
}

/** Structures `c4` and `dc5`, with a single map, whose channels the RPN shows. */
function readSingleLevel(keys: KeyShapes, preset: ModelConfig): ModelConfig {
  const rpn = { ...preset.rpn, convolutions: keys.countOf(`${scopes.rpnConvolutions}.`) };
  if (preset.structure === 'c4') return { ...preset, rpn };
  const channels = keys.need(`${scopes.rpnObjectness}.weight`, 4, 'the channels of C5')[1]!;
  return { ...preset, rpn, box: { ...preset.box, head: readBoxHead(keys, channels, preset.box.head) } };
}

/**
 * torchvision's first COCO models were trained while its frozen batch norm ignored eps, and have been run with eps 0
 * since (`overwrite_eps`). They are recognised by the names of their keys, 91 classes (2 with keypoints) and frozen
 * batch norm.
 */
function setPublishedEps(
  config: ModelConfig,
  { classes, legacyKeys, notes }: { classes: number; legacyKeys: boolean; notes: string[] },
): ModelConfig {
  const { name, norm } = config.backbone;
  const published = classes === 91 || (config.keypoint !== null && classes === 2);
  // The MobileNets of 2021 have the same key names, but were trained with eps.
  if (!legacyKeys || !published || name === 'mobilenet_v3_large' || norm.kind !== 'frozenBatchNorm')
    return config;
  notes.push(
    'batch-norm eps is 0, as torchvision runs its COCO models of 2019–2020 (backbone.norm.eps in a config file changes it)',
  );
  return { ...config, backbone: { ...config.backbone, norm: { ...norm, eps: 0 } } };
}

function describe({ backbone, rpn, structure, mask, keypoint }: ModelConfig): string {
  const name = architectureName({
    backbone: backbone.name,
    recipe: rpn.convolutions > 1 ? 'v2' : 'v1',
    structure,
    mask: mask !== null,
    keypoint: keypoint !== null,
  });
  return mask && keypoint ? `${name} with a mask branch` : name;
}
