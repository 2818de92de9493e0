import { backboneDefaults } from '../../config/backbone-defaults.ts';
import type { BackboneConfig, BackboneName, NormConfig, ResNetName } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import type { KeyShapes } from './key-shapes.ts';

/** What tells one backbone from another (He et al. 2016, Table 1; Xie et al. 2017, Table 1). */
interface BackboneSignature {
  /** Residual blocks in layer1…layer4. */
  blocks: string;
  bottleneck: boolean;
  /** Groups of the 3×3 convolutions, and channels of a group for each 64 of the stage. */
  groups: number;
  groupWidth: number;
}

const signatures: Record<ResNetName, BackboneSignature> = {
  resnet18: { blocks: '2,2,2,2', bottleneck: false, groups: 1, groupWidth: 64 },
  resnet34: { blocks: '3,4,6,3', bottleneck: false, groups: 1, groupWidth: 64 },
  resnet50: { blocks: '3,4,6,3', bottleneck: true, groups: 1, groupWidth: 64 },
  resnet101: { blocks: '3,4,23,3', bottleneck: true, groups: 1, groupWidth: 64 },
  resnet152: { blocks: '3,8,36,3', bottleneck: true, groups: 1, groupWidth: 64 },
  resnext50_32x4d: { blocks: '3,4,6,3', bottleneck: true, groups: 32, groupWidth: 4 },
  resnext101_32x8d: { blocks: '3,4,23,3', bottleneck: true, groups: 32, groupWidth: 8 },
  resnext101_64x4d: { blocks: '3,4,23,3', bottleneck: true, groups: 64, groupWidth: 4 },
};

const body = 'backbone.body';

/**
 * Tells the backbone from the shapes of its weights.
 * @throws InputError that says what was found where it is none of ours.
 */
export function recogniseBackbone(keys: KeyShapes): BackboneConfig {
  if (keys.hasPrefix(`${body}._conv_stem.`)) return readEfficientNetLite(keys);
  if (keys.hasPrefix(`${body}.0.0.`)) return readMobileNetV3(keys);
  return keys.has(`${body}.0.weight`) ? readVgg(keys) : readResNet(keys);
}

/** The normalisation of a file's backbone, of which the name is known. */
export function backboneNorm(keys: KeyShapes, name: BackboneName): NormConfig {
  const first: Partial<Record<BackboneName, string>> = {
    efficientnet_lite0: '_bn0',
    mobilenet_v3_large: '0.1',
    vgg16: '1',
  };
  return { ...normAt(keys, `${body}.${first[name] ?? 'bn1'}`), eps: backboneDefaults(name).eps };
}

function readEfficientNetLite(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}._conv_stem.weight`, 4, 'the width of the backbone')[0]!;
  const blocks = keys.countOf(`${body}._blocks.`);
  if (blocks !== lite0Blocks || keys.hasPrefix(`${body}._blocks.0._se_reduce.`)) {
    throw new InputError(
      keys.source,
      `has an EfficientNet of ${blocks} blocks as its backbone; only Lite0 is known, which has ${lite0Blocks} ` +
        'without squeeze-and-excitation',
    );
  }
  const name = 'efficientnet_lite0';
  return { name, norm: backboneNorm(keys, name), width, strideIn1x1: false };
}

const lite0Blocks = 16;

function readMobileNetV3(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}.0.0.weight`, 4, 'the width of the backbone')[0]!;
  const layers = keys.countOf(`${body}.`);
  if (layers !== largeLayers || !keys.hasPrefix(`${body}.4.block.2.fc1.`)) {
    throw new InputError(
      keys.source,
      `has a MobileNet of ${layers} layers as its backbone; only MobileNetV3-Large is known, which has ${largeLayers}`,
    );
  }
  const name = 'mobilenet_v3_large';
  return { name, norm: backboneNorm(keys, name), width, strideIn1x1: false };
}

const largeLayers = 17;

function readVgg(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}.0.weight`, 4, 'the width of the backbone')[0]!;
  const norm = backboneNorm(keys, 'vgg16');
  const last = norm.kind === 'none' ? 28 : 41;
  if (keys.countOf(`${body}.`) !== last + 1) {
    throw new InputError(keys.source, 'has a VGG as its backbone that is not VGG-16');
  }
  return { name: 'vgg16', norm, width, strideIn1x1: false };
}

function readResNet(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}.conv1.weight`, 4, 'the width of the backbone')[0]!;
  const found = readSignature(keys, width);
  const match = Object.entries(signatures).find(([, signature]) =>
    Object.entries(signature).every(([key, value]) => found[key as keyof BackboneSignature] === value),
  );
  if (!match) {
    throw new InputError(
      keys.source,
      `has a backbone of ${found.blocks} ${found.bottleneck ? 'bottleneck' : 'basic'} blocks with ${found.groups} ` +
        `groups of ${found.groupWidth}, which is none of ${Object.keys(signatures).join(', ')}`,
    );
  }
  const name = match[0] as ResNetName;
  // Weights do not tell where the stride is.
  return { name, norm: backboneNorm(keys, name), width, strideIn1x1: false };
}

function readSignature(keys: KeyShapes, width: number): BackboneSignature {
  const blocks = [1, 2, 3, 4].map((layer) => keys.countOf(`${body}.layer${layer}.`)).join(',');
  if (!keys.hasPrefix(`${body}.layer1.0.conv3.`))
    return { blocks, bottleneck: false, groups: 1, groupWidth: 64 };
  const shape = keys.need(`${body}.layer1.0.conv2.weight`, 4, 'the groups of the backbone');
  const groups = shape[0]! / shape[1]!;
  return { blocks, bottleneck: true, groups, groupWidth: (shape[1]! * 64) / width };
}

/**
 * The normalisation whose parameters stand under `prefix`, and none where there are none. Group norm has no
 * statistics, and its weights do not tell the groups. Batch norm that trained with the model has counted its batches;
 * frozen batch norm has not.
 */
export function normAt(keys: KeyShapes, prefix: string): NormConfig {
  if (!keys.hasPrefix(`${prefix}.`)) return { kind: 'none', eps: defaultEps };
  if (!keys.has(`${prefix}.running_var`)) return { kind: 'groupNorm', eps: defaultEps };
  const trained = keys.has(`${prefix}.num_batches_tracked`);
  return { kind: trained ? 'batchNorm' : 'frozenBatchNorm', eps: defaultEps };
}

/** torch's and torchvision's. */
const defaultEps = 1e-5;
