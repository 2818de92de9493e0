import { z } from 'zod';

/** What `/v1/runs` and below take and answer. */

export const runsSchema = z.strictObject({
  watching: z.boolean().describe('Whether the server was given a folder of runs (--runs).'),
  runs: z
    .array(
      z.strictObject({
        name: z.string(),
        modified: z.iso.datetime().describe('When its log was last written to.'),
        bytes: z.int().describe('Of its log.'),
      }),
    )
    .describe('The one that was written to last first.'),
});

export const runMetricsQuerySchema = z.strictObject({
  from: z.int().min(0).default(0).describe('Where to go on: `next` of an earlier answer.'),
  version: z.string().optional().describe('Of that answer.'),
});

export const runPlanSchema = z
  .strictObject({
    steps: z.number().describe('Updates in all.'),
    picturesPerStep: z.number(),
    pictures: z.number().describe('Pictures of the data set.'),
  })
  .describe('What the run is going to do; null where it does not say.');

export const runMetricsSchema = z.strictObject({
  version: z.string().describe('Another one means that the log was written anew; `from` is then 0.'),
  from: z.int(),
  next: z.int(),
  more: z.boolean().describe('Whether there is more already.'),
  metrics: z
    .array(z.record(z.string(), z.number()))
    .describe('`step` and named numbers, such as loss/mask, learningRate, validation/mask AP.'),
  plan: runPlanSchema.nullable(),
});

export type RunsBody = z.infer<typeof runsSchema>;
export type RunPlanBody = z.infer<typeof runPlanSchema>;
export type RunMetricsBody = z.infer<typeof runMetricsSchema>;
