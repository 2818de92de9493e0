/** A renaming of a range of numbered layers; `{n}` is the layer's number. */
interface Renaming {
  legacy: string;
  current: string;
  /** Number of layers; their current names count from 0. */
  layers: number;
  /** The number of the first layer in its legacy name. */
  legacyFirst: number;
}

/**
 * Names that torchvision 0.12 (2022) changed, but still loads: `FeaturePyramidNetwork`, `RPNHead` and `MaskRCNNHeads`,
 * each in `_load_from_state_dict`. The files published in 2019 and 2020 have the legacy names.
 */
const renamings: readonly Renaming[] = [
  {
    legacy: 'backbone.fpn.inner_blocks.{n}',
    current: 'backbone.fpn.inner_blocks.{n}.0',
    layers: 4,
    legacyFirst: 0,
  },
  {
    legacy: 'backbone.fpn.layer_blocks.{n}',
    current: 'backbone.fpn.layer_blocks.{n}.0',
    layers: 4,
    legacyFirst: 0,
  },
  { legacy: 'rpn.head.conv', current: 'rpn.head.conv.{n}.0', layers: 1, legacyFirst: 0 },
  {
    legacy: 'roi_heads.mask_head.mask_fcn{n}',
    current: 'roi_heads.mask_head.{n}.0',
    // torchvision's builders make four, but a custom model may have more.
    layers: 16,
    legacyFirst: 1,
  },
];

/** Every legacy name with its current one. */
const legacyNames: ReadonlyMap<string, string> = new Map(
  renamings.flatMap(({ legacy, current, layers, legacyFirst }) =>
    Array.from({ length: layers }, (_, n) => n).flatMap((n) =>
      ['weight', 'bias'].map((parameter): [string, string] => [
        `${legacy.replace('{n}', String(n + legacyFirst))}.${parameter}`,
        `${current.replace('{n}', String(n))}.${parameter}`,
      ]),
    ),
  ),
);

/** Whether any of the names are legacy ones. */
export function hasLegacyNames(keys: readonly string[]): boolean {
  return keys.some((key) => legacyNames.has(key));
}

/** The current name of a key; the same where it never changed. */
export function currentKey(key: string): string {
  return legacyNames.get(key) ?? key;
}
