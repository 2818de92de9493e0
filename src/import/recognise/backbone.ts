import { backboneDefaults } from '../../config/backbone-defaults.ts';
import {
  efficientNetLiteNames,
  efficientNetLiteTable,
  isEfficientNetLiteName,
} from '../../config/efficientnet-lite-table.ts';
import { type ResNetLayout, resnetNames, resnetTable } from '../../config/resnet-table.ts';
import type { BackboneConfig, BackboneName, NormConfig } from '../../config/schema.ts';
import { InputError } from '../../core/errors.ts';
import { efficientNetLiteChannels } from '../../model/efficientnet-lite.ts';
import { mobileNetV3Layers } from '../../model/mobilenet-v3.ts';
import { vggLayers } from '../../model/vgg.ts';
import { scopes } from '../../model/weight-names.ts';
import type { KeyShapes } from './key-shapes.ts';
import { normAt } from './norm.ts';

const body = scopes.backbone;

/**
 * Recognises the backbone by the shapes of its weights.
 * @throws InputError that describes the backbone where it is not one of ours.
 */
export function recogniseBackbone(keys: KeyShapes): BackboneConfig {
  if (keys.hasPrefix(`${body}._conv_stem.`)) return readEfficientNetLite(keys);
  if (keys.hasPrefix(`${body}.0.0.`)) return readMobileNetV3(keys);
  return keys.has(`${body}.0.weight`) ? readVgg(keys) : readResNet(keys);
}

/** The normalisation of a file's backbone whose name is known. */
export function backboneNorm(keys: KeyShapes, name: BackboneName): NormConfig {
  const first: Partial<Record<BackboneName, string>> = {
    mobilenet_v3_large: '0.1',
    vgg16: '1',
  };
  const place = isEfficientNetLiteName(name) ? '_bn0' : (first[name] ?? 'bn1');
  return { ...normAt(keys, `${body}.${place}`), eps: backboneDefaults(name).eps };
}

function readEfficientNetLite(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}._conv_stem.weight`, 4, 'the width of the backbone')[0]!;
  const blocks = keys.countOf(`${body}._blocks.`);
  const lastBlock = `${body}._blocks.${blocks - 1}._project_conv.weight`;
  const channels = keys.need(lastBlock, 4, 'the channels of the backbone')[0]!;
  const isExcited = keys.hasPrefix(`${body}._blocks.0._se_reduce.`);
  const name = efficientNetLiteNames.find((known) => {
    const groups = efficientNetLiteTable[known];
    const isDeep = groups.reduce((sum, group) => sum + group.blocks, 0) === blocks;
    return isDeep && channels === efficientNetLiteChannels(groups.at(-1)!, width);
  });
  if (!name || isExcited) {
    throw new InputError(
      keys.source,
      `has an EfficientNet of ${blocks} blocks as its backbone, the last of ${channels} channels; it is none of ` +
        `${efficientNetLiteNames.join(', ')}, which have no squeeze-and-excitation`,
    );
  }
  return { name, norm: backboneNorm(keys, name), width, strideIn1x1: false };
}

function readMobileNetV3(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}.0.0.weight`, 4, 'the width of the backbone')[0]!;
  const layers = keys.countOf(`${body}.`);
  if (layers !== mobileNetV3Layers || !keys.hasPrefix(`${body}.4.block.2.fc1.`)) {
    throw new InputError(
      keys.source,
      `has a MobileNet of ${layers} layers as its backbone; only MobileNetV3-Large is supported, which has ${mobileNetV3Layers}`,
    );
  }
  const name = 'mobilenet_v3_large';
  return { name, norm: backboneNorm(keys, name), width, strideIn1x1: false };
}

function readVgg(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}.0.weight`, 4, 'the width of the backbone')[0]!;
  const norm = backboneNorm(keys, 'vgg16');
  if (keys.countOf(`${body}.`) !== vggLayers({ norm })) {
    throw new InputError(keys.source, 'has a VGG as its backbone that is not VGG-16');
  }
  return { name: 'vgg16', norm, width, strideIn1x1: false };
}

function readResNet(keys: KeyShapes): BackboneConfig {
  const width = keys.need(`${body}.conv1.weight`, 4, 'the width of the backbone')[0]!;
  const found = readLayout(keys, width);
  const name = resnetNames.find((known) => isSameLayout(resnetTable[known], found));
  if (!name) {
    throw new InputError(
      keys.source,
      `has a backbone of ${found.blocks.join(',')} ${found.block} blocks with ${found.groups} ` +
        `groups of ${found.groupWidth}, which is none of ${resnetNames.join(', ')}`,
    );
  }
  // The weights do not show which convolution has the stride.
  return { name, norm: backboneNorm(keys, name), width, strideIn1x1: false };
}

/** The layout of a residual network, whether or not it is a known one. */
function readLayout(keys: KeyShapes, width: number): ResNetLayout {
  const count = (layer: number) => keys.countOf(`${body}.layer${layer}.`);
  const blocks = [count(1), count(2), count(3), count(4)] as const;
  if (!keys.hasPrefix(`${body}.layer1.0.conv3.`))
    return { blocks, block: 'basic', groups: 1, groupWidth: 64 };
  const [channels, groupChannels] = keys.need(
    `${body}.layer1.0.conv2.weight`,
    4,
    'the groups of the backbone',
  ) as [number, number];
  return {
    blocks,
    block: 'bottleneck',
    groups: channels / groupChannels,
    groupWidth: (groupChannels * 64) / width,
  };
}

function isSameLayout(a: ResNetLayout, b: ResNetLayout): boolean {
  const { block, groups, groupWidth } = a;
  const isSame = block === b.block && groups === b.groups && groupWidth === b.groupWidth;
  return isSame && a.blocks.every((count, stage) => count === b.blocks[stage]);
}
