import { describe, expect, it } from 'vitest';
import { InputError } from './errors.ts';
import { oneLine, printable, printableJson, shownSource, shownValue } from './printable.ts';

describe('foreign text', () => {
  it.each<[string, string]>([
    ['a\nb\r\tc', 'a?b??c'],
    ['\x1b]0;title\x07\x9b31m\x7f', '?]0;title??31m?'],
    ['\u202egnp.exe\u2069', '?gnp.exe?'],
    ['a\u2028b\u2029', 'a?b?'],
    ['half \ud800 pair', 'half ? pair'],
    ['Zoë 漢字 👩‍🔬 שלום', 'Zoë 漢字 👩‍🔬 שלום'],
  ])('%j is one line', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  it('is shortened in messages', () => {
    expect(printable('x'.repeat(200))).toBe(`${'x'.repeat(100)}…`);
  });

  it('is a source of at most some 200 characters in messages, and whole in the error', () => {
    const address = `https://example.org/${'x'.repeat(180)}`;
    expect(shownSource(address)).toBe(address);
    const source = `data:image/png;base64,${'A'.repeat(1e6)}=`;
    const error = new InputError(source, 'no such file');
    expect(error.source).toBe(source);
    expect(error.message).toMatch(/^data:image\/png;base64,A{78}…A{99}=: no such file$/);
  });

  it('is seen where a source is empty', () => {
    expect(new InputError('', 'no such file').message).toBe('"": no such file');
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    ['a\nb', 'a?b'],
    [new URL('file:///a'), 'URL'],
    [[1], 'Array'],
  ])('names the value %j of a wrong type: %s', (value, shown) => {
    expect(shownValue(value)).toBe(shown);
  });

  it('keeps its meaning in JSON', () => {
    const value = { 'a\u009b\u202e\n': ['\ud800', 'ok 漢'], b: 1 };
    for (const text of [printableJson(value), printableJson(value, 2)]) {
      expect(JSON.parse(text)).toEqual(value);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });

  it('is harmless in every error', () => {
    expect(new InputError('a\n.png', 'has the key "\x1b[2J"').message).toBe('a?.png: has the key "?[2J"');
  });
});
