import { expect, test } from 'vitest';
import { formatBytes, formatDuration, formatTable, nameBeside } from './format.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [178_090_079, '178.1 MB'],
  [999_949, '999.9 kB'],
  [999_960, '1.0 MB'],
  [2e15, '2000.0 TB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [3600, '1 h 0 min'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

test('a table aligns its columns and leaves no space at the ends of lines', () => {
  expect(
    formatTable(
      [
        ['NAME', 'SIZE'],
        ['a', '10'],
        ['long name', '5'],
      ],
      [1],
    ),
  ).toBe('NAME       SIZE\na            10\nlong name     5\n');
  expect(
    formatTable([
      ['a', ''],
      ['bb', 'c'],
    ]),
  ).toBe('a\nbb  c\n');
});

test('names cannot forge rows or control the terminal', () => {
  expect(formatTable([['category', 'a\nfatal: forged\x1b[2J\u202e\u2028']])).toBe(
    'category  a?fatal: forged?[2J??\n',
  );
});

test('two files of one name are told apart by their folders', () => {
  expect(nameBeside('runs/a/best.safetensors', 'runs/b/best.safetensors')).toBe('runs/a/best.safetensors');
  expect(nameBeside('runs/a/best.safetensors', 'old.safetensors')).toBe('best.safetensors');
  expect(nameBeside('runs/a/best.safetensors', undefined)).toBe('best.safetensors');
});
