import { z } from 'zod';
import { runMetricsQuerySchema, runMetricsSchema, runsSchema } from '../runs/runs-schemas.ts';
import { explainQuerySchema, explanationSchema } from './explain-schemas.ts';
import { pictureTypes } from './picture-type.ts';
import { type ProblemKind, problemKinds, problemMediaType } from './problem.ts';
import {
  healthSchema,
  modelsSchema,
  predictionSchema,
  predictQuerySchema,
  problemSchema,
} from './schemas.ts';

const schemas = {
  Prediction: predictionSchema,
  Explanation: explanationSchema,
  Models: modelsSchema,
  Runs: runsSchema,
  RunMetrics: runMetricsSchema,
  Health: healthSchema,
  Problem: problemSchema,
};

/** Problems that every address can answer with. */
const anywhere: readonly ProblemKind[] = ['bad-request', 'method-not-allowed', 'stopping', 'internal'];

const predictProblems: readonly ProblemKind[] = [
  'no-picture',
  'bad-parameter',
  'unauthorized',
  'unknown-model',
  'not-acceptable',
  'slow-client',
  'body-too-large',
  'picture-too-large',
  'unsupported-type',
  'damaged-picture',
  'worker-died',
  'busy',
  'timeout',
];

/**
 * The OpenAPI 3.1 document of the server, made of the schemas that it checks with.
 * @param options The package's version, and whether a token is asked for.
 */
export function openApiDocument({ version, secured }: { version: string; secured: boolean }) {
  const security = secured ? [{ bearer: [] }] : [];
  const authorized: ProblemKind[] = secured ? ['unauthorized'] : [];
  return {
    openapi: '3.1.0',
    info: {
      title: 'mask-rcnn',
      version,
      description: 'Finds the objects in pictures: class, score, box and mask of each.',
    },
    paths: {
      '/v1/predict': {
        post: {
          operationId: 'predict',
          summary: 'Find the objects in a picture',
          security,
          parameters: parametersOf(predictQuerySchema),
          requestBody: { required: true, content: pictureContent() },
          responses: {
            200: {
              description: 'COCO results, or the picture with the instances drawn over it.',
              headers: requestIdHeader,
              content: {
                'application/json': reference('Prediction'),
                'image/png': {},
              },
            },
            ...problems([...predictProblems.filter((kind) => secured || kind !== 'unauthorized')]),
          },
        },
      },
      '/v1/explain': {
        post: {
          operationId: 'explain',
          summary: 'Tell what every stage of the model sees in a picture',
          security,
          parameters: parametersOf(explainQuerySchema),
          requestBody: { required: true, content: pictureContent() },
          responses: {
            200: {
              description: 'The recorded numbers, or the report in one file.',
              headers: requestIdHeader,
              content: {
                'application/json': reference('Explanation'),
                'text/html': { schema: { type: 'string' } },
              },
            },
            ...problems([...predictProblems.filter((kind) => secured || kind !== 'unauthorized')]),
          },
        },
      },
      '/v1/models': {
        get: {
          operationId: 'listModels',
          summary: 'List the models; the first is the default',
          security,
          responses: { 200: json('The models.', 'Models'), ...problems(authorized) },
        },
      },
      '/v1/models/{name}/file': {
        get: {
          operationId: 'downloadModel',
          summary: "Download a model's file, whole or a range of its bytes",
          security,
          parameters: [
            {
              name: 'name',
              in: 'path',
              required: true,
              description: 'A name that /v1/models lists.',
              schema: { type: 'string' },
            },
          ],
          responses: {
            200: modelFile('The file.'),
            206: modelFile('The range that was asked for.'),
            304: { description: 'The file is the one that If-None-Match names.', headers: requestIdHeader },
            ...problems([...authorized, 'unknown-model', 'bad-range']),
          },
        },
      },
      '/v1/runs': {
        get: {
          operationId: 'listRuns',
          summary: 'List the training runs that can be followed',
          security,
          responses: { 200: json('The runs.', 'Runs'), ...problems(authorized) },
        },
      },
      '/v1/runs/{name}/metrics': {
        get: {
          operationId: 'followRun',
          summary: "Read a training run's figures, from where the last answer ended",
          security,
          parameters: [
            {
              name: 'name',
              in: 'path',
              required: true,
              description: 'A name that /v1/runs lists.',
              schema: { type: 'string' },
            },
            ...parametersOf(runMetricsQuerySchema),
          ],
          responses: {
            200: json('The figures since then.', 'RunMetrics'),
            ...problems([...authorized, 'unknown-run', 'bad-parameter']),
          },
        },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'Tell whether predictions can be made now',
          security: [],
          responses: {
            200: json('Every model has a worker that is ready.', 'Health'),
            ...problems([]),
            503: json('A model has none at the moment, or the server is stopping.', 'Health'),
          },
        },
      },
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Figures for Prometheus',
          security,
          responses: {
            200: {
              description: "Prometheus' text format.",
              headers: requestIdHeader,
              content: { 'text/plain': { schema: { type: 'string' } } },
            },
            ...problems(authorized),
          },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'openapi',
          summary: 'This document',
          security: [],
          responses: {
            200: {
              description: 'OpenAPI 3.1.',
              headers: requestIdHeader,
              content: { 'application/json': { schema: { type: 'object' } } },
            },
            ...problems([]),
          },
        },
      },
    },
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, plain(schema)])),
      ...(secured ? { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } : {}),
    },
  };
}

const requestIdHeader = {
  'x-request-id': { description: "The request's own, or one made for it.", schema: { type: 'string' } },
};

/** JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. */
function plain(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function parametersOf(schema: z.ZodObject) {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = plain(field as z.ZodType) as { description?: string };
    return { name, in: 'query', required: false, description, schema: rest };
  });
}

function pictureContent(): Record<string, object> {
  const form = {
    schema: {
      type: 'object',
      properties: { file: { type: 'string', format: 'binary' } },
      required: ['file'],
    },
  };
  const raw = [...pictureTypes, 'application/octet-stream'].map((type) => [type, {}]);
  return { 'multipart/form-data': form, ...Object.fromEntries(raw) };
}

function reference(name: keyof typeof schemas): object {
  return { schema: { $ref: `#/components/schemas/${name}` } };
}

function json(description: string, name: keyof typeof schemas): object {
  return { description, headers: requestIdHeader, content: { 'application/json': reference(name) } };
}

function modelFile(description: string): object {
  return { description, headers: requestIdHeader, content: { 'application/octet-stream': {} } };
}

/** The problems that an address answers with, besides those of `anywhere`, by status. */
function problems(kinds: readonly ProblemKind[]): Record<string, object> {
  const byStatus = new Map<number, string[]>();
  for (const kind of [...kinds, ...anywhere]) {
    const { status, title } = problemKinds[kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), title]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, titles]) => [
      status,
      {
        description: `${titles.join('; ')}.`,
        headers: requestIdHeader,
        content: { [problemMediaType]: reference('Problem') },
      },
    ]),
  );
}
