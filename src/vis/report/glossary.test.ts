import { describe, expect, it } from 'vitest';
import { glossaryList, withGlossary } from './glossary.ts';

describe('withGlossary', () => {
  it('explains a term where it first occurs in a paragraph, and nowhere else', () => {
    const html =
      '<section><h2>The RPN</h2><p class="RPN">RoIAlign, <b>anchors</b> and the RPN, the RPN</p><p>An anchor</p></section>';
    const shown = withGlossary(html, 'en');
    expect(shown.match(/<abbr/g)).toHaveLength(2);
    expect(shown).toContain('<b><abbr title="a reference box of a fixed size and shape');
    expect(shown).toMatch(/<p class="RPN">RoIAlign, /);
    expect(shown).toMatch(/RPN<\/abbr>, the RPN<\/p><p>An anchor<\/p>/);
    expect(shown.replaceAll(/<\/?abbr[^>]*>/g, '')).toBe(html);
  });

  it('finds Chinese terms within a sentence', () => {
    expect(withGlossary('<p>每个锚框的 IoU</p>', 'zh')).toMatch(
      /每个<abbr title="[^"]+">锚框<\/abbr>的 <abbr title="[^"]+">IoU<\/abbr>/,
    );
  });

  it('lists every term in both languages', () => {
    const count = (html: string) => html.match(/<dt>/g)?.length;
    expect(count(glossaryList('zh'))).toBe(count(glossaryList('en')));
  });
});
