import { z } from 'zod';
import { parseWith } from '../config/parse.ts';
import type { WeightFile } from '../weights/weight-file.ts';
import { storedJson } from './stored-json.ts';

const inBothLanguages = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });

/** What a model file says about the model's origin and quality (after Mitchell et al. 2019, "Model Cards"). */
export const modelCardSchema = z.strictObject({
  /** What it finds, and in which kind of picture: one sentence. */
  description: inBothLanguages,
  /** The data that it learned from. */
  trainedOn: inBothLanguages,
  /** Of the weights. */
  licence: z.string().min(1),
  /** Measured on pictures that it was not trained on; the first is the one to show where there is room for one. */
  metrics: z
    .array(
      z.strictObject({
        /** Such as `mask AP`. */
        measure: z.string().min(1),
        /** 0…1 */
        value: z.number().min(0).max(1),
        /** The pictures it was measured on. */
        on: inBothLanguages,
      }),
    )
    .min(1),
});

export type ModelCard = z.infer<typeof modelCardSchema>;

/**
 * The card in a weight file's metadata, or null where there is none.
 * @throws InputError where it is invalid.
 */
export function storedCard(weights: WeightFile): ModelCard | null {
  const card = storedJson(weights, 'card', 'model card');
  return card === undefined ? null : parseWith(modelCardSchema, weights.name, card);
}
