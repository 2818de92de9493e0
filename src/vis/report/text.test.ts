import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { languages, translator } from './text.ts';
import { english, type TextKey } from './text-en.ts';

const keys = Object.keys(english) as TextKey[];
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([word]) => word).sort();

/** Words that stay as they are in Chinese. */
const international = ['language', 'flowRpn', 'softmax', 'sigmoid', 'otherLogits', 'keypointsCaption'];

describe('the texts', () => {
  it.each(keys)('%s is there in both languages, with the same values', (key) => {
    const { en, zh } = languages;
    expect(en[key].trim()).not.toBe('');
    expect(zh[key].trim()).not.toBe('');
    expect(new Set(placeholders(zh[key]))).toEqual(new Set(placeholders(en[key])));
    if (!international.includes(key)) expect(zh[key]).toMatch(/\p{Script=Han}/u);
    expect(en[key]).not.toMatch(/\p{Script=Han}/u);
  });

  it('have the same keys, all of them used', () => {
    expect(Object.keys(languages.zh).sort()).toEqual([...keys].sort());
    const folder = new URL('./', import.meta.url);
    const sources = readdirSync(folder)
      .filter((name) => /^(?!text).*(?<!\.test)\.ts$/.test(name))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    expect(keys.filter((key) => !sources.includes(`'${key}'`))).toEqual([]);
  });
});

describe('translator', () => {
  it('fills in values, as HTML', () => {
    const t = translator('en');
    expect(t('title', { file: '<a> & "b".png' })).toBe(
      'How Mask R-CNN sees &lt;a&gt; &amp; &quot;b&quot;.png',
    );
    expect(t('title', { file: '{file} $& L_mask' })).toContain('{file} $&amp; L_mask');
  });

  it('throws if a value is missing', () => {
    expect(() => translator('zh')('title')).toThrow('text title needs a value for {file}');
  });
});
