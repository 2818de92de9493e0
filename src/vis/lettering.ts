import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font, type Glyph } from 'fontkitten';

/** Inter Semi Bold, in its package's subsets; the first one with a glyph for a character draws it. */
const pieces = ['latin', 'latin-ext', 'greek', 'greek-ext', 'cyrillic', 'cyrillic-ext', 'vietnamese'];
const missingLetter = '?'.codePointAt(0)!;

const fonts: Font[] = [];
const glyphs = new Map<number, { glyph: Glyph; unitsPerEm: number }>();

/** Height of capitals and digits at font size 1. */
export const capitalHeight = 0.727;

/**
 * Text as SVG path data, so that drawing it needs no installed font. Covers Latin, Greek and Cyrillic; other characters
 * become question marks.
 * @param origin x of the left edge, y of the baseline, in output pixels.
 */
export function textPath(text: string, origin: readonly [number, number], size: number): string {
  let [x] = origin;
  let path = '';
  for (const letter of text) {
    const { glyph, unitsPerEm } = glyphOf(letter);
    const scale = size / unitsPerEm;
    // The y axis of fonts points up.
    path += glyph.path.transform(scale, 0, 0, -scale, x, origin[1]).toSVG();
    x += glyph.advanceWidth * scale;
  }
  return path;
}

/** Width of the text in output pixels. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) {
    const { glyph, unitsPerEm } = glyphOf(letter);
    width += (glyph.advanceWidth * size) / unitsPerEm;
  }
  return width;
}

function glyphOf(letter: string): { glyph: Glyph; unitsPerEm: number } {
  const codePoint = letter.codePointAt(0)!;
  let found = glyphs.get(codePoint);
  if (!found) {
    found = findGlyph(codePoint) ?? findGlyph(missingLetter)!;
    glyphs.set(codePoint, found);
  }
  return found;
}

function findGlyph(codePoint: number): { glyph: Glyph; unitsPerEm: number } | undefined {
  for (let index = 0; index < pieces.length; index++) {
    fonts[index] ??= loadPiece(pieces[index]);
    const font = fonts[index];
    if (font.hasGlyphForCodePoint(codePoint)) {
      return { glyph: font.glyphForCodePoint(codePoint), unitsPerEm: font.unitsPerEm };
    }
  }
  return undefined;
}

function loadPiece(piece: string): Font {
  const path = createRequire(import.meta.url).resolve(
    `@fontsource/inter/files/inter-${piece}-600-normal.woff`,
  );
  const font = create(readFileSync(path));
  if (font.isCollection) throw new Error(`${path} is a collection of fonts`);
  return font;
}
