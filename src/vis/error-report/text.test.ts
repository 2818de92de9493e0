import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorTexts } from './text.ts';
import { type ErrorTextKey, errorEnglish } from './text-en.ts';

const keys = Object.keys(errorEnglish) as ErrorTextKey[];
const placeholders = (text: string) => new Set([...text.matchAll(/\{\w+\}/g)].map(([word]) => word));

describe('the texts of the error report', () => {
  it.each(keys)('%s is there in both languages, with the same values', (key) => {
    const { en, zh } = errorTexts;
    expect(placeholders(zh[key])).toEqual(placeholders(en[key]));
    expect(en[key]).not.toMatch(/\p{Script=Han}/u);
    if (key !== 'language') expect(zh[key]).toMatch(/\p{Script=Han}/u);
  });

  it('are all used', () => {
    const folder = new URL('./', import.meta.url);
    const sources = readdirSync(folder)
      .filter((name) => /^(?!text).*(?<!\.test)\.ts$/.test(name))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    expect(keys.filter((key) => !sources.includes(`'${key}'`))).toEqual([]);
  });
});
