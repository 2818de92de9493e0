import { expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { checkCounts, checkList, checkOptions } from './options.ts';

interface Options {
  score?: number;
  observe?: () => void;
}

const names = { score: true, observe: true } as const;
const check = (options: unknown) => checkOptions<Options>('predict', options as Options, names);

test('known options pass, also where they are undefined', () => {
  for (const options of [undefined, {}, { score: 0.5 }, { observe: undefined }]) check(options);
});

test.each<[unknown, string]>([
  [{ threshold: 0.5 }, 'predict: unknown option threshold; did you mean score?'],
  [{ scores: 0.5 }, 'predict: unknown option scores; did you mean score?'],
  [{ score: 0, colour: 1 }, 'predict: unknown option colour; known: score, observe'],
  [
    { a1: 0, obsreve: 1 },
    'predict: unknown option a1; known: score, observe; unknown option obsreve; did you mean observe?',
  ],
  [0.5, 'predict: expected an object of options, got 0.5'],
  [null, 'predict: expected an object of options, got null'],
  [['score'], 'predict: expected an object of options, got an array'],
])('%j is refused in one line', (options, message) => {
  expect(() => check(options)).toThrow(new UsageError(message));
});

test('counts are whole numbers of at least 1, or undefined', () => {
  expect(() => checkCounts('load', { workers: 2, threads: undefined })).not.toThrow();
});

test.each([0, -1, 1.5, Number.NaN, '2', null])('%s is not a count', (threads) => {
  expect(() => checkCounts('load', { workers: 1, threads: threads as number })).toThrow(
    new UsageError(`load: threads should be a whole number of at least 1, got ${threads}`),
  );
});

test('lists can be iterated', () => {
  for (const list of [[], new Map(), [1].entries(), new Set()]) {
    expect(() => checkList('toCsv', list, 'predictions')).not.toThrow();
  }
});

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [{ name: 'a' }, 'Object'],
  ['cells.png', 'cells.png'],
])('%j is not a list', (list, got) => {
  const message = `toCsv: expected a list of predictions, got ${got}`;
  expect(() => checkList('toCsv', list, 'predictions')).toThrow(new UsageError(message));
});
