import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { JsonBytes, JsonSyntaxError, needMoreBytes } from './bytes.ts';

function jsonOf(text: string, final = true): JsonBytes {
  const json = new JsonBytes();
  json.bytes = Buffer.concat([Buffer.from(text), Buffer.alloc(1)]);
  json.end = json.bytes.length - 1;
  json.final = final;
  return json;
}

function parsesAlike(text: string): boolean {
  let expected: unknown;
  let fails = false;
  try {
    expected = JSON.parse(text);
  } catch {
    fails = true;
  }
  const json = jsonOf(text);
  try {
    const value = json.value();
    while (json.position < json.end && /[ \n\r\t]/.test(text[json.position])) json.position++;
    if (json.position < json.end) return fails;
    return !fails && Object.is(JSON.stringify(value), JSON.stringify(expected));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return fails;
  }
}

describe('numbers', () => {
  test('are the doubles of JSON.parse, to the last bit', () => {
    const random = seededRandom(1);
    const texts = ['0', '-0', '0.1', '321.02', '13570.102749999998', '1e5', '1E-7', '-1.5e+300', '1e999'];
    for (let i = 0; i < 20_000; i++) {
      const digits = 1 + random.integer(21);
      let text = String(1 + random.integer(9));
      while (text.length < digits) text += random.integer(10);
      const dot = random.integer(digits + 1);
      texts.push(
        `${random.uniform() < 0.3 ? '-' : ''}${text.slice(0, dot) || '0'}${dot < digits ? `.${text.slice(dot)}` : ''}`,
        String(random.normal() * 10 ** (random.integer(40) - 20)),
      );
    }
    for (const text of texts) {
      const value = jsonOf(text).number();
      expect(Object.is(value, JSON.parse(text)), `${text} read as ${value}`).toBe(true);
    }
  });

  test('of arrays are those of JSON.parse, however long they are', () => {
    const random = seededRandom(2);
    const digits = (most: number) => String(random.integer(10 ** (1 + random.integer(most))));
    const number = () => {
      const fraction = random.uniform() < 0.7 ? `.${String(random.integer(10)) + digits(12)}` : '';
      return `${random.uniform() < 0.2 ? '-' : ''}${digits(11)}${fraction}${random.uniform() < 0.1 ? 'e-3' : ''}`;
    };
    for (let i = 0; i < 3000; i++) {
      const separator = [',', ', ', ' ,\n'][random.integer(3)];
      const text = `[${Array.from({ length: 1 + random.integer(9) }, number).join(separator)}]`;
      const json = jsonOf(text);
      const count = json.numbers();
      expect(Array.from(json.scratch.subarray(0, count)), text).toEqual(JSON.parse(text));
      expect(json.position).toBe(text.length);
    }
  });

  test.each(['01', '00', '1.', '.5', '1.,2', '0.1.2', '123456789.', '1234567890 1', '', '1 2', '+1', '1,'])(
    'the array [%s, 3] is refused',
    (text) => {
      const json = jsonOf(`[${text}, 3]`);
      expect(() => JSON.parse(`[${text}, 3]`)).toThrow();
      expect(() => {
        if (json.numbers() < 0) json.value();
      }).toThrow(JsonSyntaxError);
    },
  );

  test('an array of numbers fills the scratch, which grows', () => {
    const values = Array.from({ length: 3000 }, (_, i) => i / 8);
    const json = jsonOf(` [ ${values.join(' ,\n ')} ]`);
    expect(json.numbers()).toBe(3000);
    expect(Array.from(json.scratch.subarray(0, 3000))).toEqual(values);
    expect(json.position).toBe(json.end);
  });

  test.each(['[1, null]', '[[1]]', '["a"]', '{}', '3'])('%s is not an array of numbers', (text) => {
    const json = jsonOf(text);
    expect(json.numbers()).toBe(-1);
    expect(json.position).toBe(0);
  });
});

describe('grammar', () => {
  test.each([
    '{"a": [1, {"b": null}], "c": "\\u00e9\\n\\\\", "": [], "d": {}}',
    '"é漢😀"',
    '[true, false, null]',
    '[1,]',
    '[1 2]',
    '{"a" 1}',
    '{"a": 1,}',
    '{a: 1}',
    '01',
    '-',
    '+1',
    '1.',
    '.5',
    '1e',
    '"\\x"',
    '"\\u12g4"',
    '"tab\there"',
    'tru',
    'NaN',
    '-Infinity',
    "'a'",
    '[1]]',
    '',
  ])('%s is judged as JSON.parse judges it', (text) => {
    expect(parsesAlike(text)).toBe(true);
  });

  test('random damage to a document is judged as JSON.parse judges it', () => {
    const random = seededRandom(2);
    const document = '{"id": 12, "b": [[1.5, -2e3], {"k": "a\\"b\\u0041"}], "t": true, "n": null, "e": {}}';
    const letters = '{}[]",:.\\-+eE0123456789 ntu';
    for (let i = 0; i < 5000; i++) {
      const at = random.integer(document.length);
      const replacement = random.uniform() < 0.3 ? '' : letters[random.integer(letters.length)];
      const text = document.slice(0, at) + replacement + document.slice(at + 1);
      expect(parsesAlike(text), text).toBe(true);
    }
  });
});

describe('errors', () => {
  test('a wrong byte is named by its offset in the file', () => {
    const json = jsonOf('[1, NaN]');
    json.base = 1000;
    expect(() => json.skip()).toThrow('expected a value, got NaN, which is not valid JSON');
    expect(() => jsonOf('[1, oops]').skip()).toThrow('expected a value, got "oops"');
  });

  test('every cut of a document asks for more bytes, and is a truncation where there are none', () => {
    const document = '{"id": 12, "b": [[1.5, -2e3], {"k": "a\\"b\\u0041é"}], "t": true, "n": null}';
    for (let cut = 0; cut < document.length; cut++) {
      const window = document.slice(0, cut);
      expect(() => jsonOf(window, false).skip(), window).toThrow(needMoreBytes);
      expect(() => jsonOf(window).skip(), window).toThrow(JsonSyntaxError);
    }
  });

  test('a number at the end of the window may go on', () => {
    expect(() => jsonOf('12', false).number()).toThrow(needMoreBytes);
    expect(() => jsonOf('1.5e3', false).number()).toThrow(needMoreBytes);
    expect(jsonOf('12').number()).toBe(12);
  });
});
