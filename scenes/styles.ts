import { fxemojiNames, streamlineNames } from './icon-names.ts';

/** A set of emoji in a consistent style, from an npm package that is a development dependency. */
export interface ArtStyle {
  readonly name: string;
  /** The npm package. */
  readonly package: string;
  /** `iconify`: one JSON file of SVG bodies by name; `files`: one picture file per code point. */
  readonly form: 'iconify' | 'files';
  /** SPDX identifier of the art's licence. */
  readonly license: string;
  readonly licenseUrl: string;
  /** The attribution that the licence requires. */
  readonly credit: string;
  /** The package's names of emoji that differ from the common ones. */
  readonly iconNames?: Readonly<Record<string, string>>;
}

/** All styles, by their name for `--styles`. */
export const artStyles = {
  'fluent-3d': {
    name: 'fluent-3d',
    package: '@lobehub/fluent-emoji-3d',
    form: 'files',
    license: 'MIT',
    licenseUrl: 'https://github.com/microsoft/fluentui-emoji/blob/main/LICENSE',
    credit: 'Fluent Emoji (3D), Microsoft Corporation',
  },
  'fluent-flat': {
    name: 'fluent-flat',
    package: '@iconify-json/fluent-emoji-flat',
    form: 'iconify',
    license: 'MIT',
    licenseUrl: 'https://github.com/microsoft/fluentui-emoji/blob/main/LICENSE',
    credit: 'Fluent Emoji (flat), Microsoft Corporation',
  },
  twemoji: {
    name: 'twemoji',
    package: '@iconify-json/twemoji',
    form: 'iconify',
    license: 'CC-BY-4.0',
    licenseUrl: 'https://creativecommons.org/licenses/by/4.0/',
    credit: 'Twemoji, Twitter, Inc. and other contributors',
  },
  noto: {
    name: 'noto',
    package: '@iconify-json/noto-v1',
    form: 'iconify',
    license: 'Apache-2.0',
    licenseUrl: 'https://github.com/googlefonts/noto-emoji/blob/main/svg/LICENSE',
    credit: 'Noto Emoji (first version), Google Inc.',
  },
  'noto-2': {
    name: 'noto-2',
    package: '@iconify-json/noto',
    form: 'iconify',
    license: 'Apache-2.0',
    licenseUrl: 'https://github.com/googlefonts/noto-emoji/blob/main/svg/LICENSE',
    credit: 'Noto Emoji, Google Inc.',
  },
  fxemoji: {
    name: 'fxemoji',
    package: '@iconify-json/fxemoji',
    form: 'iconify',
    license: 'Apache-2.0',
    licenseUrl: 'https://mozilla.github.io/fxemoji/LICENSE.md',
    credit: 'FxEmojis, Mozilla',
    iconNames: fxemojiNames,
  },
  streamline: {
    name: 'streamline',
    package: '@iconify-json/streamline-emojis',
    form: 'iconify',
    license: 'CC-BY-4.0',
    licenseUrl: 'https://creativecommons.org/licenses/by/4.0/',
    credit: 'Streamline Emojis, Streamline',
    iconNames: streamlineNames,
  },
  emojione: {
    name: 'emojione',
    package: '@iconify-json/emojione',
    form: 'iconify',
    license: 'CC-BY-4.0',
    licenseUrl: 'https://creativecommons.org/licenses/by/4.0/',
    credit: 'Emoji One 2 (EmojiTwo), Ranks.com Inc. and contributors',
  },
} as const satisfies Record<string, ArtStyle>;

export type StyleName = keyof typeof artStyles;

export const styleNames = Object.keys(artStyles) as StyleName[];

/** The style that does not occur in training: scores on it measure generalisation. */
export const heldOutStyle: StyleName = 'emojione';

/** The styles that the shipped model was trained on. */
export const trainingStyles: readonly StyleName[] = styleNames.filter((name) => name !== heldOutStyle);

export function isStyleName(name: string): name is StyleName {
  return Object.hasOwn(artStyles, name);
}
