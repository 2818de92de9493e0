import { expect, test } from 'vitest';
import { routes, urlOf } from './routes.ts';

test('a URL has the parameters of its path, encoded, and a query only if there is one', () => {
  expect(urlOf(routes.listModels, {})).toBe('v1/models');
  expect(urlOf(routes.downloadModel, { name: 'a/b c' })).toBe('v1/models/a%2Fb%20c/file');
  expect(urlOf(routes.predict, {}, { model: 'a&b', score: '0.5' })).toBe('v1/predict?model=a%26b&score=0.5');
  // @ts-expect-error The path has a parameter.
  urlOf(routes.followRun, {});
});

test('no two routes share a path', () => {
  const paths = Object.values(routes).map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
});
