import { InputError } from '../core/errors.ts';
import { isPlainObject } from './merge.ts';
import { parseModelConfig } from './parse.ts';
import type { ModelConfig } from './schema.ts';
import { parseSemanticConfig, type SemanticConfig } from './semantic.ts';

/** The configuration of a model of any kind; `kind` tells them apart. */
export type AnyModelConfig = ModelConfig | SemanticConfig;

export type ModelKind = AnyModelConfig['kind'];

/**
 * Validates the configuration of a model of any kind, fills in defaults and, where an older version wrote it, its `kind`.
 * @param source Where it comes from, for the message.
 * @throws InputError that names every wrong key, or the kind that is not known.
 */
export function parseAnyModelConfig(source: string, value: unknown): AnyModelConfig {
  const kind = kindOf(value);
  if (kind === 'detector') return parseModelConfig(source, value);
  if (kind === 'fcn') return parseSemanticConfig(source, value);
  throw new InputError(source, `kind: expected detector or fcn, got ${JSON.stringify(kind)}`);
}

/** What a configuration says it is. Before there was `kind`, only FCN's configurations had `auxiliary`. */
function kindOf(value: unknown): unknown {
  if (!isPlainObject(value)) return 'detector';
  return value.kind ?? ('auxiliary' in value ? 'fcn' : 'detector');
}
