import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problemKinds } from '../../src/server/api/problem.ts';
import { chinese, chineseProblems } from './chinese.ts';
import { english, type Word, type WordKey } from './english.ts';
import { errorText, PageError, ServerProblem } from './page-error.ts';
import { sayIn } from './say.ts';

const keys = Object.keys(english) as WordKey[];
const valuesOf = (text: string) => new Set([...text.matchAll(/\{\w+\}/g)].map(([value]) => value));

describe('the words of the page', () => {
  it.each(keys)('%s: both languages use the same values', (key) => {
    const word: Word = english[key];
    expect(valuesOf(chinese[key])).toEqual(valuesOf(typeof word === 'string' ? word : word.other));
    if (!/^(device(Wasm|Webgpu)|stepOf|pictureOf|measured|comma|counted|zoomPercent)$/.test(key))
      expect(chinese[key]).toMatch(/\p{Script=Han}/u);
  });

  it('are all used', () => {
    const web = new URL('../', import.meta.url);
    const sources = readdirSync(web, { recursive: true, encoding: 'utf8' })
      .filter((path) => /^(?!words.(english|chinese)).*\.tsx?$/.test(path))
      .map((path) => readFileSync(new URL(path.replaceAll('\\', '/'), web), 'utf8'))
      .join('\n');
    // `labels`, `boxes` and the states of a prediction are looked up by their own names.
    expect(keys.filter((key) => !sources.includes(`'${key}'`))).toEqual([]);
  });

  it('agree with their counts', () => {
    const say = sayIn('en');
    expect([0, 1, 2].map((n) => say('instances', { n }))).toEqual([
      '0 instances',
      '1 instance',
      '2 instances',
    ]);
    expect(sayIn('zh')('instances', { n: 1 })).toBe('1 个实例');
  });
});

describe('errors', () => {
  it('are shown in the language of the page', () => {
    const error = new PageError('noMetrics', { name: 'cells', file: 'metrics.jsonl' });
    expect(error.message).toBe('cells: has no metrics.jsonl');
    expect(errorText(error, 'zh')).toBe('cells：缺少 metrics.jsonl');
    const damaged = new ServerProblem(
      'damaged-picture',
      'The picture cannot be decoded',
      'a.png: is damaged',
    );
    expect(errorText(damaged, 'en')).toBe('The picture cannot be decoded: a.png: is damaged');
    expect(errorText(damaged, 'zh')).toBe('无法解码图片：a.png: is damaged');
    expect(errorText(new TypeError('failed to fetch'), 'zh')).toBe('failed to fetch');
  });

  it('of the server that users can do something about are told in their words', () => {
    const detail = 'picture: has 9000×6000 pixels, more than the limit of 50000000';
    const large = new ServerProblem('picture-too-large', 'The picture has too many pixels', detail);
    expect(errorText(large, 'en')).toMatch(/it has 54 megapixels, and the server accepts 50\./);
    expect(errorText(large, 'zh')).toMatch(/共 5400 万像素，服务器最多接受 5000 万像素/);
    const long = new ServerProblem(
      'body-too-large',
      'Too large',
      'the body exceeds the limit of 20000000 bytes',
    );
    expect(errorText(long, 'en')).toMatch(/accepts 20 MB/);
    expect(errorText(new ServerProblem('unauthorized', '', 'wrong token'), 'en')).toMatch(/token is wrong/);
    expect(errorText(new ServerProblem('busy', 'The queue is full', ''), 'zh')).toMatch(/服务器正忙/);
    // A detail in another form is passed on.
    const side = new ServerProblem(
      'picture-too-large',
      'Too many pixels',
      'has 70000×2 pixels, more than 65535 per side',
    );
    expect(errorText(side, 'en')).toMatch(/^Too many pixels: has 70000/);
  });

  it('of the server all have a Chinese title', () => {
    expect(Object.keys(chineseProblems).sort()).toEqual(Object.keys(problemKinds).sort());
  });
});
