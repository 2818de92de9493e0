import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError, messageOf } from '../src/core/errors.ts';
import type { Emoji } from './art-table.ts';
import type { ArtStyle } from './styles.ts';

/** Reads the picture file of an emoji (SVG or WebP). */
export type ArtSource = (emoji: Emoji) => Promise<Uint8Array>;

/** The part of an iconify package's `icons.json` that is read. */
interface IconSet {
  readonly width?: number;
  readonly height?: number;
  readonly icons: Readonly<Record<string, Icon>>;
  /** Alternative names of icons. */
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>;
}

interface Icon {
  /** The content of the `<svg>` element. */
  readonly body: string;
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
}

const require = createRequire(import.meta.url);

/**
 * Opens the package of a style.
 * @throws InputError that names the package if it is not installed or not readable.
 */
export async function openArt(style: ArtStyle): Promise<ArtSource> {
  const folder = folderOf(style.package);
  if (style.form === 'files') return filesIn(folder);
  const set = await readIconSet(join(folder, 'icons.json'));
  return iconsOf(set, folder, style.iconNames ?? {});
}

function folderOf(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch (error) {
    throw new InputError(name, 'is not installed; it is a development dependency (run npm ci)', {
      cause: error,
    });
  }
}

async function readIconSet(path: string): Promise<IconSet> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InputError(path, `cannot be read (${messageOf(error)})`, { cause: error });
  }
}

/** One file per code point; some names include the selector U+FE0F, which requests colour. */
function filesIn(folder: string): ArtSource {
  return async ({ name, code }) => {
    const path = [`${code}.webp`, `${code}-fe0f.webp`]
      .map((file) => join(folder, 'assets', file))
      .find((file) => existsSync(file));
    if (!path) throw new InputError(folder, `has no picture of ${name} (${code})`);
    return readFile(path);
  };
}

/** Iconify's defaults: a box at 0, 0 of 16 units, unless the icon or the set specifies another. */
function iconsOf(set: IconSet, folder: string, names: Readonly<Record<string, string>>): ArtSource {
  return async (emoji) => {
    const name = names[emoji.name] ?? emoji.name;
    const icon = set.icons[set.aliases?.[name]?.parent ?? name];
    if (!icon) throw new InputError(folder, `has no icon ${name}`);
    const box = [
      icon.left ?? 0,
      icon.top ?? 0,
      icon.width ?? set.width ?? 16,
      icon.height ?? set.height ?? 16,
    ];
    const namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
    return Buffer.from(
      `<svg ${namespaces} width="288" height="288" viewBox="${box.join(' ')}">${icon.body}</svg>`,
    );
  };
}
