import { expect, test } from 'vitest';
import { problemKinds } from '../api/problem.ts';
import { openApiDocument } from './openapi.ts';

const secured = openApiDocument({ version: '1.2.3', secured: true });
const open = openApiDocument({ version: '1.2.3', secured: false });

/** Every `$ref` in a value. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' ? [String(inner)] : referencesIn(inner),
  );
}

test('every reference leads to a schema', () => {
  const references = referencesIn(secured);
  expect(references.length).toBeGreaterThan(5);
  for (const reference of references) {
    const name = reference.replace('#/components/schemas/', '');
    expect(Object.keys(secured.components.schemas)).toContain(name);
  }
});

test('every problem is documented for the routes where it can occur', () => {
  const responses = [secured.paths['/v1/predict'].post, secured.paths['/v1/models/{name}/file'].get];
  const statuses = responses.flatMap((operation) => Object.keys(operation.responses)).map(Number);
  // No address answers these: what is at no address, and what never became a request.
  const nowhere = new Set(['header-too-large']);
  for (const [kind, { status }] of Object.entries(problemKinds)) {
    if (!nowhere.has(kind)) expect(statuses, kind).toContain(status);
  }
});

test('the parameters are those that the schema checks', () => {
  expect(open.paths['/v1/predict'].post.parameters).toMatchObject([
    { name: 'score', in: 'query', schema: { type: 'number', minimum: 0, maximum: 1 } },
    { name: 'maxDetections', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1000 } },
    { name: 'nmsThreshold', in: 'query', schema: { type: 'number', minimum: 0, maximum: 1 } },
    { name: 'classes', in: 'query', schema: { type: 'string' } },
    { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } },
    { name: 'channel', in: 'query', schema: { type: 'string' } },
    { name: 'tile', in: 'query', schema: { type: 'string', pattern: '^(auto|[1-9]\\d{2,4})$' } },
    { name: 'tileOverlap', in: 'query', schema: { type: 'number', minimum: 0, maximum: 0.5 } },
    { name: 'model', in: 'query', schema: { type: 'string' } },
    { name: 'pixelSize', in: 'query', schema: { type: 'string' } },
    { name: 'tolerance', in: 'query', schema: { type: 'number', minimum: 0 } },
  ]);
});

test('a token is mentioned only if there is one', () => {
  expect(secured.components).toHaveProperty('securitySchemes.bearer.scheme', 'bearer');
  expect(open.components).not.toHaveProperty('securitySchemes');
  expect(secured.paths['/v1/models'].get.responses).toHaveProperty('401');
  expect(open.paths['/v1/models'].get.responses).not.toHaveProperty('401');
  expect(secured.paths['/healthz'].get.security).toEqual([]);
});
