import { z } from 'zod';
import type { RunPlan } from '../../run/folder.ts';

/** The parameters and responses of the routes about training runs. */

export const runsSchema = z.strictObject({
  watching: z.boolean().describe('Whether the server was started with a folder of runs (--runs).'),
  runs: z
    .array(
      z.strictObject({
        name: z.string(),
        modified: z.iso.datetime().describe('When its metrics were last written.'),
        bytes: z.int().describe('Size of its metrics file.'),
      }),
    )
    .describe('Most recently modified first.'),
});

export const runMetricsQuerySchema = z.strictObject({
  from: z.int().min(0).default(0).describe('Where to continue: `next` of the previous response.'),
  version: z.string().optional().describe('`version` of the previous response.'),
});

const runPlanSchema = z
  .strictObject({
    steps: z.number().describe('Total number of updates.'),
    picturesPerStep: z.number().describe('Pictures per update.'),
    pictures: z.number().describe('Usable pictures in the data set.'),
  })
  .describe('The extent of the run; null if unknown.') satisfies z.ZodType<RunPlan>;

export const runMetricsSchema = z.strictObject({
  version: z.string().describe('Changes when the file has been rewritten, as by a resume; `from` is then 0.'),
  from: z.int(),
  next: z.int(),
  more: z.boolean().describe('Whether more can be read immediately.'),
  metrics: z
    .array(z.object({ step: z.number() }).catchall(z.number()))
    .describe('`step` and named values, such as loss/mask, learningRate, validation/mask AP.'),
  plan: runPlanSchema.nullable(),
});

export type RunsBody = z.infer<typeof runsSchema>;
export type RunMetricsBody = z.infer<typeof runMetricsSchema>;
