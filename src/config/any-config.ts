import { InputError } from '../core/errors.ts';
import { isPlainObject } from './merge.ts';
import { parseModelConfig } from './parse.ts';
import type { ModelConfig } from './schema.ts';
import { parseSemanticConfig, type SemanticConfig } from './semantic.ts';

/** The configuration of a model of any kind, discriminated by `kind`. */
export type AnyModelConfig = ModelConfig | SemanticConfig;

export type ModelKind = AnyModelConfig['kind'];

/**
 * Validates a complete configuration of any kind and fills in defaults. One that was written before there was `kind`
 * gets it here.
 * @param source Where the configuration comes from, for the message.
 * @throws InputError that names every wrong key, or an unknown kind.
 */
export function parseAnyModelConfig(source: string, value: unknown): AnyModelConfig {
  const kind = kindOf(value);
  if (kind === 'detector') return parseModelConfig(source, value);
  if (kind === 'fcn') return parseSemanticConfig(source, value);
  throw new InputError(source, `kind: expected detector or fcn, got ${JSON.stringify(kind)}`);
}

/** Without `kind`, a configuration is FCN's if it has `auxiliary`, which FCN's always had and detectors' never. */
function kindOf(value: unknown): unknown {
  if (!isPlainObject(value)) return 'detector';
  return value.kind ?? ('auxiliary' in value ? 'fcn' : 'detector');
}
