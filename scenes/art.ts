import { openArt } from './art-source.ts';
import { type ArtCategory, artCategories, distractorEmoji, type Emoji, emojiInStyle } from './art-table.ts';
import { artStyles, type StyleName } from './styles.ts';
import { makeTexture, type Texture } from './texture.ts';

/** The pictures of a category in the loaded styles. */
export interface CategoryArt {
  readonly category: ArtCategory;
  /** For each requested style, in that order: one texture per emoji. */
  readonly styles: readonly (readonly Texture[])[];
}

/** The material of scenes. */
export interface Art {
  readonly categories: readonly CategoryArt[];
  /** For each style: objects without a category. */
  readonly distractors: readonly (readonly Texture[])[];
}

/**
 * Reads and rasterises all art of some styles, about 120 pictures and 35 MB of memory each.
 * @throws InputError that names the package if one is not installed.
 */
export async function loadArt(styles: readonly StyleName[]): Promise<Art> {
  const sets = await Promise.all(styles.map(loadStyle));
  return {
    categories: artCategories.map((category, index) => ({
      category,
      styles: sets.map((set) => set.categories[index]),
    })),
    distractors: sets.map((set) => set.distractors),
  };
}

async function loadStyle(style: StyleName) {
  const source = await openArt(artStyles[style]);
  const load = (emoji: readonly Emoji[]) =>
    Promise.all(emoji.map(async (one) => makeTexture(await source(one))));
  const categories: Texture[][] = [];
  for (const category of artCategories) categories.push(await load(emojiInStyle(category.emoji, style)));
  return { categories, distractors: await load(emojiInStyle(distractorEmoji, style)) };
}
