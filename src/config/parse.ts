import type { z } from 'zod';
import { InputError } from '../core/errors.ts';
import { suggestion } from '../core/near-names.ts';
import { type ModelConfig, modelConfigSchema } from './schema.ts';

/**
 * Validates a complete configuration and fills in defaults.
 * @param source Where the configuration comes from, for the message.
 * @throws InputError that names every wrong key, the expected value and, for unknown keys, the nearest valid ones.
 */
export function parseModelConfig(source: string, value: unknown): ModelConfig {
  return parseWith(modelConfigSchema, source, value);
}

/** Validates a value by any schema; see {@link parseModelConfig}. */
export function parseWith<T>(schema: z.ZodType<T>, source: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => describeIssue(issue, schema));
  throw new InputError(source, problems.join('; '));
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys
      .map((key) => `unknown key ${[...path, key].join('.')}${suggestion(key, known)}`)
      .join('; ');
  }
  return path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`;
}

/** The valid keys at a path of the schema. */
function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  let node: unknown = schema;
  for (const key of path) node = childOf(unwrap(node), key);
  const shape = shapeOf(unwrap(node));
  return shape ? Object.keys(shape) : [];
}

function childOf(node: unknown, key: string): unknown {
  const shape = shapeOf(node);
  if (shape) return shape[key];
  return isObject(node) && 'element' in node ? node.element : undefined;
}

function shapeOf(node: unknown): Record<string, unknown> | undefined {
  return isObject(node) && 'shape' in node && isObject(node.shape) ? node.shape : undefined;
}

/** Strips `.default()`, `.nullable()` and `.optional()` off a schema. */
function unwrap(node: unknown): unknown {
  let inner = node;
  while (
    isObject(inner) &&
    'unwrap' in inner &&
    typeof inner.unwrap === 'function' &&
    !('element' in inner)
  ) {
    inner = inner.unwrap();
  }
  return inner;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
