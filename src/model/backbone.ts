import { type EfficientNetLiteName, isEfficientNetLiteName } from '../config/efficientnet-lite-table.ts';
import { isResNetName, type ResNetName } from '../config/resnet-table.ts';
import type { BackboneConfig, BackboneName } from '../config/schema.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Value } from '../graph/graph.ts';
import type { BackboneMaps } from './backbone-maps.ts';
import { efficientNetLite, efficientNetLiteStages } from './efficientnet-lite.ts';
import { mobileNetV3, mobileNetV3Stages } from './mobilenet-v3.ts';
import { resnet, resnetStages } from './resnet.ts';
import { vgg, vggStages } from './vgg.ts';
import { scopes } from './weight-names.ts';

/**
 * The largest stride of every backbone. Height and width of a detector's input are multiples of it, also where the last
 * stage is dilated or left to the RoIs (torchvision's `size_divisible`).
 */
export const backboneStride = 32;

/**
 * The network that computes the feature maps of a picture.
 * @param image `[N, 3, H, W]`, H and W multiples of {@link backboneStride}.
 */
export function backbone(g: GraphBuilder, image: Value, config: BackboneConfig): BackboneMaps {
  if (isResNet(config)) return resnet(g, image, config, scopes.backbone);
  if (isEfficientNetLiteName(config.name)) return efficientNetLite(g, image, config, scopes.backbone);
  return builders[config.name as OtherName](g, image, config, scopes.backbone);
}

/** The scopes of each stage's weights below `scopes.backbone`, from the last stage to the stem. */
export function stagesOf(config: Pick<BackboneConfig, 'name' | 'norm'>): readonly (readonly string[])[] {
  if (isResNet(config)) return resnetStages;
  if (isEfficientNetLiteName(config.name)) return efficientNetLiteStages(config.name);
  return config.name === 'vgg16' ? vggStages(config) : mobileNetV3Stages;
}

type OtherName = Exclude<BackboneName, ResNetName | EfficientNetLiteName>;

const builders: Record<OtherName, typeof mobileNetV3> = {
  mobilenet_v3_large: mobileNetV3,
  vgg16: vgg,
};

/** Whether a backbone is one of the residual networks. */
export function isResNet<Config extends { name: BackboneName }>(
  config: Config,
): config is Config & { name: ResNetName } {
  return isResNetName(config.name);
}
