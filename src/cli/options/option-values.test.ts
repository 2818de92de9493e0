import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  count,
  fraction,
  number,
  numberFrom,
  numbers,
  portNumber,
  positive,
  repeatable,
} from './option-values.ts';

const parsers = { fraction, count, positive, number, portNumber, points: numberFrom(0, 100) };

describe.each<[keyof typeof parsers, string[], string[], string]>([
  ['fraction', ['0', '1', '0.25', '1e-3'], ['', ' ', '-0.1', '1.1', 'x'], 'Expected a number from 0 to 1.'],
  ['points', ['0', '100'], ['', '-1', '101', 'x'], 'Expected a number from 0 to 100.'],
  ['count', ['1', '12'], ['', '0', '-1', '1.5', 'x', '1e17'], 'Expected a whole number, 1 or more.'],
  ['positive', ['0.1', '20'], ['', ' ', '0', '-1', 'Infinity', 'x'], 'Expected a number above 0.'],
  ['number', ['-1', '0'], ['x'], 'Expected a number, got "x".'],
  ['portNumber', ['0', '65535'], ['', '-1', '65536', '80.0', 'x'], 'Expected a port from 0 to 65535.'],
])('%s', (name, valid, invalid, message) => {
  test.each(valid)('takes %j', (text) => expect(parsers[name](text)).toBe(Number(text)));
  test.each(invalid)('refuses %j', (text) => {
    expect(() => parsers[name](text)).toThrow(new InvalidArgumentError(message));
  });
});

test('numbers are separated by commas', () => {
  expect(numbers('0.5,0.75')).toEqual([0.5, 0.75]);
  expect(() => numbers('0.5,')).toThrow('Expected a number, got "".');
});

test('a repeatable option collects its values', () => {
  expect(repeatable('b', repeatable('a', undefined))).toEqual(['a', 'b']);
});
