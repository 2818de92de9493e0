/** What distinguishes the residual networks from each other. */
export interface ResNetLayout {
  /** Residual blocks in layer1…layer4. */
  readonly blocks: readonly [number, number, number, number];
  readonly block: 'basic' | 'bottleneck';
  /** Groups of the bottleneck's 3×3 convolution. */
  readonly groups: number;
  /** Channels of a group for every 64 channels of the stage. */
  readonly groupWidth: number;
}

/** ResNets (He et al. 2016, Table 1) and ResNeXts (Xie et al. 2017, Table 1) by torchvision's names. */
export const resnetTable = {
  resnet18: { blocks: [2, 2, 2, 2], block: 'basic', groups: 1, groupWidth: 64 },
  resnet34: { blocks: [3, 4, 6, 3], block: 'basic', groups: 1, groupWidth: 64 },
  resnet50: { blocks: [3, 4, 6, 3], block: 'bottleneck', groups: 1, groupWidth: 64 },
  resnet101: { blocks: [3, 4, 23, 3], block: 'bottleneck', groups: 1, groupWidth: 64 },
  resnet152: { blocks: [3, 8, 36, 3], block: 'bottleneck', groups: 1, groupWidth: 64 },
  resnext50_32x4d: { blocks: [3, 4, 6, 3], block: 'bottleneck', groups: 32, groupWidth: 4 },
  resnext101_32x8d: { blocks: [3, 4, 23, 3], block: 'bottleneck', groups: 32, groupWidth: 8 },
  resnext101_64x4d: { blocks: [3, 4, 23, 3], block: 'bottleneck', groups: 64, groupWidth: 4 },
} as const satisfies Readonly<Record<string, ResNetLayout>>;

export type ResNetName = keyof typeof resnetTable;

export const resnetNames = Object.keys(resnetTable) as readonly ResNetName[];

/** Whether a backbone of this name is one of the residual networks. */
export function isResNetName(name: string): name is ResNetName {
  return Object.hasOwn(resnetTable, name);
}
