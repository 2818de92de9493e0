import { merge } from './merge.ts';
import { parseModelConfig } from './parse.ts';
import type { ModelConfig } from './schema.ts';

/**
 * Applies overrides to a configuration and validates the result.
 * @throws InputError that names every wrong key.
 */
export function applyOverrides(source: string, base: ModelConfig, overrides: unknown): ModelConfig {
  return parseModelConfig(source, merge(base, overrides));
}
