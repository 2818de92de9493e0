import { multipleOf8 } from './multiple-of-8.ts';
/** A row of the network's table: blocks of one kernel and width; the first may have a stride. */
export interface BlockGroup {
  readonly blocks: number;
  readonly kernel: 3 | 5;
  readonly stride: 1 | 2;
  /** Width of the middle of a block, as a multiple of its input's. */
  readonly expansion: 1 | 6;
  /** Where the stem has 32 channels. */
  readonly channels: number;
}

/** EfficientNet-B0's rows (Tan & Le 2019, Table 1), which Lite0 keeps. */
const lite0: readonly BlockGroup[] = [
  { blocks: 1, kernel: 3, stride: 1, expansion: 1, channels: 16 },
  { blocks: 2, kernel: 3, stride: 2, expansion: 6, channels: 24 },
  { blocks: 2, kernel: 5, stride: 2, expansion: 6, channels: 40 },
  { blocks: 3, kernel: 3, stride: 2, expansion: 6, channels: 80 },
  { blocks: 3, kernel: 5, stride: 1, expansion: 6, channels: 112 },
  { blocks: 4, kernel: 5, stride: 2, expansion: 6, channels: 192 },
  { blocks: 1, kernel: 3, stride: 1, expansion: 6, channels: 320 },
];

/** The rows of the variants by name. */
export const efficientNetLiteTable = {
  efficientnet_lite0: lite0,
  efficientnet_lite1: compound(1, 1.1),
  efficientnet_lite2: compound(1.1, 1.2),
} as const satisfies Readonly<Record<string, readonly BlockGroup[]>>;

export type EfficientNetLiteName = keyof typeof efficientNetLiteTable;

export const efficientNetLiteNames = Object.keys(efficientNetLiteTable) as readonly EfficientNetLiteName[];

/** Whether a backbone of this name is an EfficientNet-Lite. */
export function isEfficientNetLiteName(name: string): name is EfficientNetLiteName {
  return Object.hasOwn(efficientNetLiteTable, name);
}

/**
 * Compound scaling (Tan & Le 2019) as TensorFlow's Lite variants do it: widths become multiples of 8, depths are
 * rounded up; the stem keeps its width, the first and the last row their single block.
 */
function compound(width: number, depth: number): readonly BlockGroup[] {
  return lite0.map((group, row) => ({
    ...group,
    channels: multipleOf8(group.channels * width),
    blocks: row === 0 || row === lite0.length - 1 ? group.blocks : Math.ceil(group.blocks * depth),
  }));
}
