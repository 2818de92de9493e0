import type { ModelConfig } from '../../src/config/schema.ts';

/** The model with what torchvision has not: scores rescored by the masks, overlaps measured by the smaller box. */
export function rescoring({ box, mask, ...rest }: ModelConfig): ModelConfig {
  return { ...rest, box: { ...box, nmsOverlap: 'smaller' }, mask: mask && { ...mask, rescore: true } };
}
