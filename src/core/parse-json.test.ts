import { expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

it.each<[string, unknown]>([
  ['long text', 'x'.repeat(8_000_000)],
  ['long text with escapes', '"\\[{'.repeat(500_000)],
  ['a long list', Array.from({ length: 500_000 }, (_, i) => [i])],
])('%s is read', (_, value) => {
  expect(parseJson('a.json', JSON.stringify(value), 'its config')).toEqual(value);
});

it.each(['[', '{"a":'])('nesting of %s is refused in one line', (open) => {
  expect(() => parseJson('a.json', open.repeat(100_000), 'its config')).toThrow(
    'a.json: its config is not JSON (nested more than 200 deep)',
  );
});

it('a syntax error quotes the text without its control characters', () => {
  expect(() => parseJson('a.json', '\u001b[2J\n')).toThrow(/^a\.json: is not JSON \([^\p{Cc}]*\)$/u);
});
