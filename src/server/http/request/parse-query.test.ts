import { expect, test } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../api/problem.ts';
import { parseQuery } from './parse-query.ts';

const schema = z.strictObject({ score: z.number().optional(), model: z.string().optional() });
const parse = (query: Record<string, string[]>) => parseQuery(schema, query, ['score']);

test('numbers are read, and other parameters are texts', () => {
  expect(parse({ score: ['0.5'], model: ['7'] })).toEqual({ score: 0.5, model: '7' });
  expect(() => parse({ score: [''] })).toThrow('query: score');
});

test('a parameter that is given twice is refused, also with one value', () => {
  for (const values of [
    ['0.5', '0.6'],
    ['0.5', '0.5'],
  ]) {
    const refused = () => parse({ model: ['tiny'], score: values });
    expect(refused).toThrow(Problem);
    expect(refused).toThrow('query: score is given more than once');
  }
});
