import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chinese } from './chinese.ts';
import { type ExperimentText, english } from './english.ts';

const keys = Object.keys(english) as ExperimentText[];
const valuesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([value]) => value).sort();

/** Words that stay as they are in Chinese. */
const international = ['roiAlign', 'roiWarp', 'roiPool', 'sigmoid', 'softmax'];

describe('the texts of the experiments', () => {
  it.each(keys)('%s: both languages use the same values', (key) => {
    expect(valuesOf(chinese[key])).toEqual(valuesOf(english[key]));
    if (!international.includes(key) && key !== 'outputResult')
      expect(chinese[key]).toMatch(/\p{Script=Han}/u);
  });

  it('are all used', () => {
    const folder = new URL('./', import.meta.url);
    const sources = readdirSync(folder)
      .filter((name) => /\.tsx?$/.test(name) && !/^(english|chinese)|\.test\./.test(name))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    // The poolers' texts have the names of the poolers.
    const poolers = ['roiAlign', 'roiWarp', 'roiPool', 'roiPoolFloor'];
    expect(keys.filter((key) => !poolers.includes(key) && !sources.includes(`'${key}'`))).toEqual([]);
  });
});
