import { z } from 'zod';
import { parseWith } from './parse.ts';

const count = z.number().int().min(0);

const countersSchema = z.strictObject({
  /** Updates made so far. */
  step: count,
  /** Checkpoints of version 0.1.0 call the value of the best validation `ap`. */
  best: z
    .union([
      z.strictObject({ step: count, value: z.number() }),
      z.strictObject({ step: count, ap: z.number() }).transform(({ step, ap }) => ({ step, value: ap })),
    ])
    .nullable(),
  validationsWithoutGain: count,
  /** Whether the last step is still to be validated. Earlier checkpoints of version 0.1.0 do not say. */
  validationDue: z.boolean().default(false),
});

/** The progress of a training run, as its checkpoint stores it next to the tensors. */
export type TrainingCounters = z.infer<typeof countersSchema>;

/** @throws InputError that names every wrong key. */
export function parseTrainingCounters(source: string, value: unknown): TrainingCounters {
  return parseWith(countersSchema, source, value);
}
