import { expect, test } from 'vitest';
import { loadArt } from './art.ts';
import { openArt } from './art-source.ts';
import { artCategories, distractorEmoji, emojiInStyle } from './art-table.ts';
import { styleNames } from './styles.ts';
import { margin, type Texture } from './texture.ts';

/** Share of the texture that is solid, and whether its outermost border is empty. */
function measure({ levels: [{ width, data }] }: Texture) {
  const border = Math.floor(width * margin) - 1;
  let solid = 0;
  let outside = 0;
  for (let pixel = 0; pixel < width * width; pixel++) {
    const alpha = data[4 * pixel + 3];
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    if (alpha > 127) solid++;
    if (alpha > 0 && Math.min(x, y, width - 1 - x, width - 1 - y) < border) outside++;
  }
  return { solid: solid / (width * width), outside };
}

test.each(styleNames)(
  '%s: every emoji of the table is in the package and fills its texture',
  async (style) => {
    const art = await loadArt([style]);
    expect(art.distractors[0]).toHaveLength(emojiInStyle(distractorEmoji, style).length);
    art.categories.forEach(({ category, styles: [textures] }, index) => {
      expect(category).toBe(artCategories[index]);
      expect(textures).toHaveLength(emojiInStyle(category.emoji, style).length);
    });
    for (const texture of [
      ...art.categories.flatMap(({ styles: [textures] }) => textures),
      ...art.distractors[0],
    ]) {
      const { solid, outside } = measure(texture);
      expect(solid).toBeGreaterThan(0.12);
      expect(outside).toBe(0);
      expect(texture.aspect).toBeGreaterThan(0.25);
      expect(texture.aspect).toBeLessThan(4);
    }
  },
);

test('a package that is not installed is named', async () => {
  const missing = {
    name: 'none',
    package: '@iconify-json/none-such',
    form: 'iconify',
    license: 'MIT',
    licenseUrl: '',
    credit: '',
  } as const;
  await expect(openArt(missing)).rejects.toThrow('@iconify-json/none-such: is not installed');
});
