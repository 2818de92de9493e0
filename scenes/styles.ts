import { fxemojiNames, streamlineNames } from './icon-names.ts';

/** A set of emoji drawn by one hand, in an npm package that this repository has as a development dependency. */
export interface ArtStyle {
  readonly name: string;
  /** The npm package. */
  readonly package: string;
  /** `iconify`: one JSON file of SVG bodies by name; `files`: a picture file for each code point. */
  readonly form: 'iconify' | 'files';
  /** SPDX identifier of the art's licence. */
  readonly license: string;
  readonly licenseUrl: string;
  /** Whom the licence asks to name. */
  readonly credit: string;
  /** What the package calls an emoji, where it is not the usual name. */
  readonly iconNames?: Readonly<Record<string, string>>;
}

/** Every style, by the name that `--styles` takes. */
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

/** The style that no training picture shows: what a model scores on it is generalisation, not memory. */
export const heldOutStyle: StyleName = 'emojione';

/** The styles that the shipped model learns from. */
export const trainingStyles: readonly StyleName[] = styleNames.filter((name) => name !== heldOutStyle);

export function isStyleName(name: string): name is StyleName {
  return Object.hasOwn(artStyles, name);
}
