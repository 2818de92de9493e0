import { z } from 'zod';
import { tasks } from '../../config/task.ts';
import { modelCardSchema } from '../../model-file/card.ts';
import { maxRequestedDetections } from '../../predict/choices.ts';
import { type ProblemKind, problemKinds, problemType } from './problem.ts';
import { routes } from './routes.ts';

/** The parameters and responses of the routes about predictions and models; the OpenAPI document publishes these schemas. */

export const predictQuerySchema = z.strictObject({
  score: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Minimum score of the instances to return; default: the model's own threshold."),
  maxDetections: z
    .int()
    .min(1)
    .max(maxRequestedDetections)
    .optional()
    .describe(
      "Maximum number of instances to return, the best of all classes; default: the model's own limit.",
    ),
  nmsThreshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "Overlap above which the lower-scoring of two boxes of a class is dropped; default: the model's own.",
    ),
  classes: z
    .string()
    .optional()
    .describe('Names of the classes to return, separated by commas; default: all.'),
  page: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Slice, time or page of a TIFF stack, which requires it, or frame of an animation, from 1; default: the first frame.',
    ),
  channel: z
    .string()
    .regex(/\S/, 'Expected a number or a name')
    .optional()
    .describe(
      'Channel of a microscope picture, from 1 or by its name in OME-TIFF; required where channels are not colours.',
    ),
  tile: z
    .string()
    .regex(/^(auto|[1-9]\d{2,4})$/, 'Expected auto, or a number of pixels from 100 to 99999')
    .optional()
    .describe(
      'Predict the picture in square tiles of this side in pixels, and merge what overlapping tiles show; `auto`: as large as the model takes well. Default: the picture as a whole.',
    ),
  tileOverlap: z
    .number()
    .min(0)
    .max(0.5)
    .optional()
    .describe(
      'With `tile`: share of a tile that neighbours have in common; default: 0.2, or more where tiles are small for the objects.',
    ),
  model: z.string().optional().describe(`A name listed by ${routes.listModels.path}; default: the first.`),
  pixelSize: z
    .string()
    .optional()
    .describe('text/csv: side of a pixel with its unit, such as 0.32um; default: measures in pixels.'),
  tolerance: z
    .number()
    .min(0)
    .optional()
    .describe(
      'application/zip and application/geo+json: simplify outlines by at most this distance in pixels; default: 0.',
    ),
});

const size = z.int().positive().describe('In pixels of the upright picture.');
const milliseconds = z.number().nonnegative();

const resultSchema = z
  .strictObject({
    image_id: z.int(),
    category_id: z.int(),
    category_name: z.string(),
    bbox: z
      .tuple([z.number(), z.number(), z.number(), z.number()])
      .describe('[x, y, width, height] in pixels of the upright picture.'),
    score: z.number().min(0).max(1),
    segmentation: z
      .strictObject({
        size: z.tuple([z.int(), z.int()]).describe('[height, width]'),
        counts: z.string().describe("COCO's compressed run-length encoding."),
      })
      .exactOptional()
      .describe('Absent if the model has no mask branch.'),
    keypoints: z
      .array(z.number())
      .exactOptional()
      .describe('x, y in pixels and 1 for each keypoint; absent if the model has no keypoint branch.'),
    keypoint_scores: z.array(z.number()).exactOptional().describe('One logit per keypoint.'),
  })
  .describe('An entry of a COCO results array.');

export const predictionSchema = z.strictObject({
  requestId: z.string(),
  model: z.string(),
  fileName: z.string().nullable().describe('The file name in the form; null without one.'),
  width: size,
  height: size,
  results: z.array(resultSchema).describe('Sorted by descending score.'),
  omitted: z
    .int()
    .nonnegative()
    .describe('Instances of lower class score that the detection limit left out.'),
  timings: z
    .strictObject({ queue: milliseconds, decode: milliseconds, predict: milliseconds, total: milliseconds })
    .describe('In milliseconds; total is from the arrival of the request header to the response.'),
});

export const modelsSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      task: z.enum(tasks),
      categories: z.array(z.strictObject({ id: z.int(), name: z.string() })),
      defaultScore: z.number().describe('Default score threshold.'),
      card: modelCardSchema
        .nullable()
        .describe('The model card: description, training data, licence and results.'),
    }),
  ),
});

export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded', 'stopping']),
  models: z.array(
    z.strictObject({
      name: z.string(),
      workers: z.int(),
      ready: z.int().describe('Workers that have loaded the model.'),
      queued: z.int().describe('Pictures waiting for a worker.'),
    }),
  ),
});

const problemTypes = (Object.keys(problemKinds) as ProblemKind[]).map(problemType);

export const problemSchema = z
  .strictObject({
    type: z.enum(problemTypes),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    requestId: z.string().optional(),
  })
  .describe('A problem document (RFC 9457).');

export type PredictionBody = z.infer<typeof predictionSchema>;
export type ModelsBody = z.infer<typeof modelsSchema>;
export type HealthBody = z.infer<typeof healthSchema>;
