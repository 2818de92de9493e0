/** A row of a layout: names that differ in one place, for a range of layers. `{n}` is the layer's number. */
interface LayoutRow {
  legacy: string;
  current: string;
  /** Numbers of the layers under their current names, from 0 to this, exclusive. */
  layers: number;
  /** Number of the first layer under its legacy name. */
  legacyFirst: number;
}

/**
 * Names that torchvision 0.12 (2022) changed and still understands: `FeaturePyramidNetwork`, `RPNHead` and
 * `MaskRCNNHeads`, each in `_load_from_state_dict`. The files published in 2019 and 2020 have the legacy names.
 */
const rows: readonly LayoutRow[] = [
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
    // The builders make four; a model of one's own may have more.
    layers: 16,
    legacyFirst: 1,
  },
];

const pairs: readonly (readonly [legacy: string, current: string])[] = rows.flatMap((row) =>
  Array.from({ length: row.layers }, (_, n) => n).flatMap((n) =>
    ['weight', 'bias'].map((parameter): [string, string] => [
      `${row.legacy.replace('{n}', String(n + row.legacyFirst))}.${parameter}`,
      `${row.current.replace('{n}', String(n))}.${parameter}`,
    ]),
  ),
);

const currentNames: ReadonlyMap<string, string> = new Map(pairs);

/** What `DataParallel` and `DistributedDataParallel` put before every name of the model that they wrap. */
const wrapperPrefix = 'module.';

/** A translation of a file's key names, with what is worth saying about it. */
export interface KeyTranslation {
  /** Names of the files published in 2019 and 2020 are among them. */
  legacy: boolean;
  /** The keys were saved from a model wrapped for parallel training. */
  wrapped: boolean;
  /** Name in the file → current name. */
  rename(key: string): string;
}

/** How the keys of a file become current names. */
export function translationOf(keys: readonly string[]): KeyTranslation {
  const wrapped = keys.length > 0 && keys.every((key) => key.startsWith(wrapperPrefix));
  const unwrap = (key: string) => (wrapped ? key.slice(wrapperPrefix.length) : key);
  const legacy = keys.some((key) => currentNames.has(unwrap(key)));
  return { legacy, wrapped, rename: (key) => currentKey(unwrap(key)) };
}

/** The current name of a key; those that never changed are returned as they are. */
export function currentKey(key: string): string {
  return currentNames.get(key) ?? key;
}
