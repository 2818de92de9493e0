import { cocoCategories } from '../../config/coco-categories.ts';
import { jointsFor, personCategory } from '../../config/coco-joints.ts';
import { parseModelConfig } from '../../config/parse.ts';
import { architectureName, architectureNamed, categoriesFor, presetConfig } from '../../config/presets.ts';
import type { BoxHeadConfig, Category, MaskConfig, ModelConfig, StructureName } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import { levelsOf } from '../../model/structure.ts';
import { withDetectron2Conventions } from '../detectron2/conventions.ts';
import { backboneNorm, normAt, recogniseBackbone } from './backbone.ts';
import { KeyShapes } from './key-shapes.ts';
import { readKeypoint } from './keypoint.ts';

export interface Recognition {
  /** What the keys tell, and torchvision's defaults for the rest. */
  config: ModelConfig;
  /** Anchors at each position that the RPN scores, to be compared with the final configuration. */
  anchorsPerLocation: number;
  /** What was found and what was assumed, for the person who imports. */
  notes: string[];
}

export interface RecogniseOptions {
  /** Takes the structure from this architecture instead of the keys; the number of classes stays theirs. */
  arch?: string | undefined;
  /** The file has the key names of the files that torchvision published in 2019 and 2020. */
  legacyKeys?: boolean;
  /** The weights were a Detectron2 model's; what their shapes do not tell is as there. */
  detectron2?: boolean;
}

const detectron2Note =
  'Detectron2: anchors not rounded, RoIAlign aligned with sampling ratio 0, colours turned, background moved to the front';

const classifier = 'a classifier without a detector, from which `train --backbone-weights` starts';

/** Keys of models that look alike and are not ours, and what to say about them. */
const foreignModels: readonly (readonly [prefix: string, what: string])[] = [
  ['head.classification_head.', 'a one-stage detector (RetinaNet, FCOS or SSD)'],
  ['layer1.0.conv1.', classifier],
  ['_blocks.0.', classifier],
  ['features.0.', classifier],
  ['classifier.4.', 'FCN, which `segment` takes'],
];

/**
 * Tells the architecture from names and shapes of weights, under torchvision's current names.
 * @param source The file, for messages.
 * @throws InputError where it is another model, or a key that tells something is missing.
 * @throws UsageError where `arch` is not known.
 */
export function recognise(
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
  if (arch === undefined) notes.unshift(`recognised ${describe(config)} with ${classes} classes`);
  if (categories === cocoCategories)
    notes.push('91 classes: COCO categories, the class index is the category id');
  const anchorsPerLocation = keys.need('rpn.head.cls_logits.weight', 4, 'the number of anchors')[0]!;
  return { config, anchorsPerLocation, notes };
}

/** @throws InputError where the RPN scores another number of anchors than the configuration makes. */
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
      throw new InputError(keys.source, `is ${what}; only Mask R-CNN and Faster R-CNN are known`);
    }
  }
}

/** The normalisation stays the file's: whether it trained with the model does not change the structure. */
function namedConfig(keys: KeyShapes, arch: string, categories: readonly Category[]): ModelConfig {
  const preset = presetConfig(architectureNamed(arch), categories);
  const norm = backboneNorm(keys, preset.backbone.name);
  const keypoint = preset.keypoint && readKeypoint(keys);
  return { ...preset, backbone: { ...preset.backbone, norm }, keypoint };
}

/** Keypoint R-CNN as torchvision builds it knows persons alone. */
function isPersonModel(keys: KeyShapes, classes: number): boolean {
  return classes === 2 && readKeypoint(keys)?.names.length === jointsFor(17).names.length;
}

function readClasses(keys: KeyShapes): number {
  const classes = keys.need('roi_heads.box_predictor.cls_score.weight', 2, 'the number of classes')[0]!;
  if (classes < 2) throw new InputError(keys.source, 'scores no class besides the background');
  return classes;
}

function readConfig(keys: KeyShapes, categories: readonly Category[]): ModelConfig {
  const backbone = recogniseBackbone(keys);
  const structure = readStructure(keys);
  const architecture = { backbone: backbone.name, recipe: 'v1', structure } as const;
  const withMask = presetConfig({ ...architecture, mask: true }, categories);
  const isLastTwo =
    backbone.name === 'mobilenet_v3_large' && keys.countOf('backbone.fpn.inner_blocks.') === 2;
  const preset = isLastTwo ? presetConfig({ ...architecture, mask: false }, categories) : withMask;
  const mask = keys.hasPrefix('roi_heads.mask_') ? readMask(keys, withMask.mask!) : null;
  const keypoint = readKeypoint(keys);
  if (structure !== 'fpn') return readSingleLevel(keys, { ...preset, backbone, mask, keypoint });
  const channels = keys.need('backbone.fpn.layer_blocks.0.0.weight', 4, 'the channels of the FPN')[0]!;
  return parseModelConfig(keys.source, {
    ...preset,
    backbone,
    fpn: { ...preset.fpn, channels, norm: normAt(keys, 'backbone.fpn.layer_blocks.0.1') },
    rpn: { ...preset.rpn, convolutions: keys.countOf('rpn.head.conv.') },
    box: { ...preset.box, head: readBoxHead(keys, channels, preset.box.head) },
    mask,
    keypoint,
  });
}

/**
 * Without a pyramid there are the fully connected layers of `dc5`, or the last stage of the backbone on RoIs. `c5` has
 * the keys of `dc5`, and is never published.
 */
function readStructure(keys: KeyShapes): StructureName {
  if (keys.hasPrefix('backbone.fpn.') || keys.hasPrefix('roi_heads.box_head.0.')) return 'fpn';
  return keys.hasPrefix('roi_heads.box_head.') ? 'dc5' : 'c4';
}

/** Structures `c4` and `dc5`: one map, of which the RPN tells the channels. */
function readSingleLevel(keys: KeyShapes, preset: ModelConfig): ModelConfig {
  const rpn = { ...preset.rpn, convolutions: keys.countOf('rpn.head.conv.') };
  if (preset.structure === 'c4') return { ...preset, rpn };
  const channels = keys.need('rpn.head.cls_logits.weight', 4, 'the channels of C5')[1]!;
  return { ...preset, rpn, box: { ...preset.box, head: readBoxHead(keys, channels, preset.box.head) } };
}

function readBoxHead(keys: KeyShapes, mapChannels: number, preset: BoxHeadConfig): BoxHeadConfig {
  const scope = 'roi_heads.box_head';
  const indices = Array.from({ length: keys.countOf(`${scope}.`) }, (_, i) => i);
  const convolutions = indices.flatMap((i) => keys.find(`${scope}.${i}.0.weight`, 4)?.slice(0, 1) ?? []);
  const numbered = indices.filter((i) => keys.has(`${scope}.${i}.weight`)).map((i) => `${scope}.${i}.weight`);
  const names = indices.length > 0 ? numbered : [`${scope}.fc6.weight`, `${scope}.fc7.weight`];
  const layers = names.map((name) => keys.need(name, 2, 'the width of the box branch'));
  const first = layers[0];
  if (!first) throw new InputError(keys.source, 'has a box branch without fully connected layers');
  const resolution = Math.sqrt(first[1]! / (convolutions.at(-1) ?? mapChannels));
  if (!Number.isInteger(resolution)) {
    throw new InputError(
      keys.source,
      `${names[0]} takes ${first[1]} features, which no square RoI of its channels has`,
    );
  }
  return {
    pool: { ...preset.pool, resolution },
    convolutions,
    norm: normAt(keys, `${scope}.0.1`),
    fullyConnected: layers.map((shape) => shape[0]!),
  };
}

function readMask(keys: KeyShapes, preset: MaskConfig): MaskConfig {
  const scope = 'roi_heads.mask_head';
  if (keys.has(`${scope}.fc1.weight`)) return readMlpMask(keys, preset);
  const convolutions = Array.from(
    { length: keys.countOf(`${scope}.`) },
    (_, i) => keys.need(`${scope}.${i}.0.weight`, 4, 'the width of the mask branch')[0]!,
  );
  const upsampling = keys.need(
    'roi_heads.mask_predictor.conv5_mask.weight',
    4,
    'the width of the mask predictor',
  );
  return {
    ...preset,
    // Softmax or sigmoid is a matter of training, not of weights.
    output: onePerRoi(keys) ? 'classAgnostic' : 'sigmoid',
    convolutions,
    norm: normAt(keys, `${scope}.0.1`),
    deconvolution: upsampling[1]!,
  };
}

function readMlpMask(keys: KeyShapes, preset: MaskConfig): MaskConfig {
  const layers = Array.from(
    { length: keys.countOf('roi_heads.mask_head.fc') - 1 },
    (_, i) => keys.need(`roi_heads.mask_head.fc${i + 1}.weight`, 2, 'the width of the mask branch')[0]!,
  );
  return { ...preset, head: 'mlp', convolutions: [], fullyConnected: layers };
}

/** Whether the predictor has a single channel, where the background alone would make it two. */
function onePerRoi(keys: KeyShapes): boolean {
  return keys.find('roi_heads.mask_predictor.mask_fcn_logits.weight', 4)?.[0] === 1;
}

/**
 * torchvision's first COCO models trained while its frozen batch norm ignored eps, and run with eps 0 since
 * (`overwrite_eps`). The names of their keys, 91 classes (2 with keypoints) and frozen batch norm tell them.
 */
function setPublishedEps(
  config: ModelConfig,
  { classes, legacyKeys, notes }: { classes: number; legacyKeys: boolean; notes: string[] },
): ModelConfig {
  const { name, norm } = config.backbone;
  const published = classes === 91 || (config.keypoint !== null && classes === 2);
  // The MobileNets of 2021 have the keys of that time, and were trained with the eps.
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
