import { z } from 'zod';
import { tasks } from '../../config/task.ts';
import { problemKinds } from './problem.ts';

/** What the server takes and answers; `openapi.ts` publishes these very schemas. */

export const predictQuerySchema = z.strictObject({
  score: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Instances that score less are left out; by default those below the model's own threshold."),
  model: z.string().optional().describe('A name that /v1/models lists; the first one by default.'),
});

const size = z.int().positive().describe('Pixels of the upright picture.');
const milliseconds = z.number().nonnegative();

const resultSchema = z
  .strictObject({
    image_id: z.int(),
    file_name: z.string().describe("The name in the form, or 'picture'."),
    category_id: z.int(),
    category_name: z.string(),
    bbox: z
      .tuple([z.number(), z.number(), z.number(), z.number()])
      .describe('x, y, width, height in pixels of the upright picture.'),
    score: z.number().min(0).max(1),
    segmentation: z
      .strictObject({
        size: z.tuple([z.int(), z.int()]).describe('Height, width.'),
        counts: z.string().describe("COCO's compressed run lengths."),
      })
      .optional()
      .describe('Absent where the model has no mask branch.'),
    keypoints: z
      .array(z.number())
      .optional()
      .describe('x, y in pixels, and 1, of each joint; absent where the model has no keypoint branch.'),
    keypoint_scores: z.array(z.number()).optional().describe('A logit for each joint.'),
  })
  .describe('A record of COCO results.');

export const predictionSchema = z.strictObject({
  requestId: z.string(),
  model: z.string(),
  width: size,
  height: size,
  results: z.array(resultSchema).describe('Best score first.'),
  timings: z
    .strictObject({ queue: milliseconds, decode: milliseconds, predict: milliseconds, total: milliseconds })
    .describe('Milliseconds; total is from the arrival of the header to the answer.'),
});

export const modelsSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      task: z.enum(tasks),
      categories: z.array(z.strictObject({ id: z.int(), name: z.string() })),
      defaultScore: z.number().describe("The model's own threshold, from which on instances are shown."),
    }),
  ),
});

export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded', 'stopping']),
  models: z.array(
    z.strictObject({
      name: z.string(),
      workers: z.int(),
      ready: z.int().describe('Workers with the model loaded.'),
      queued: z.int().describe('Pictures that wait.'),
    }),
  ),
});

const slugs = Object.keys(problemKinds).map((kind) => `urn:mask-rcnn:problem:${kind}`);

export const problemSchema = z
  .strictObject({
    type: z.enum(slugs),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    requestId: z.string().optional(),
  })
  .describe('A problem document (RFC 9457).');

export type PredictionBody = z.infer<typeof predictionSchema>;
export type ModelsBody = z.infer<typeof modelsSchema>;
export type HealthBody = z.infer<typeof healthSchema>;
