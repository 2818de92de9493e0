import { z } from 'zod';
import { pictureTypes } from '../../image/picture-formats.ts';
import { explainQuerySchema, explanationSchema } from '../api/explain-schemas.ts';
import { predictionForms } from '../api/prediction-forms.ts';
import { type ProblemKind, problemKinds, problemMediaType } from '../api/problem.ts';
import { type Route, type RouteName, routes } from '../api/routes.ts';
import { runMetricsQuerySchema, runMetricsSchema, runsSchema } from '../api/runs-schemas.ts';
import {
  healthSchema,
  modelsSchema,
  predictionSchema,
  predictQuerySchema,
  problemSchema,
} from '../api/schemas.ts';

const schemas = {
  Prediction: predictionSchema,
  Explanation: explanationSchema,
  Models: modelsSchema,
  Runs: runsSchema,
  RunMetrics: runMetricsSchema,
  Health: healthSchema,
  Problem: problemSchema,
};

const requestIdHeader = {
  'x-request-id': { description: "The request's id, or a new one.", schema: { type: 'string' } },
};

/** What the document says about a route besides its path, method and security. */
interface Description {
  summary: string;
  parameters?: readonly object[];
  requestBody?: object;
  /** Successful responses by status. */
  responses: Readonly<Record<number, object>>;
  /** Problems besides those of `anyRoute`. */
  problems?: readonly ProblemKind[];
}

/** Problems that any route can answer with. */
const anyRoute: readonly ProblemKind[] = [
  'bad-request',
  'unknown-host',
  'cross-site',
  'method-not-allowed',
  'expectation-failed',
  'stopping',
  'internal',
];

const pictureProblems: readonly ProblemKind[] = [
  'no-picture',
  'bad-parameter',
  'unknown-model',
  'not-acceptable',
  'slow-client',
  'body-too-large',
  'picture-too-large',
  'unsupported-type',
  'damaged-picture',
  'worker-died',
  'busy',
  'no-worker',
  'unreachable',
  'timeout',
];

const descriptions: Readonly<Record<RouteName, Description>> = {
  predict: {
    summary: 'Find the objects in a picture',
    parameters: queryParameters(predictQuerySchema),
    requestBody: pictureBody(),
    responses: {
      200: response(
        'By the header Accept: COCO results, the picture with the instances drawn over it, a table of measures, a label ' +
          'picture, an ImageJ ROI set, GeoJSON, or a COCO data set.',
        {
          ...Object.fromEntries(Object.keys(predictionForms).map((type) => [type, {}])),
          'application/json': reference('Prediction'),
        },
      ),
    },
    problems: pictureProblems,
  },
  explain: {
    summary: 'Explain every stage of a prediction',
    parameters: queryParameters(explainQuerySchema),
    requestBody: pictureBody(),
    responses: {
      200: response('The recorded values, or the report as a single file.', {
        'application/json': reference('Explanation'),
        'text/html': { schema: { type: 'string' } },
      }),
    },
    problems: pictureProblems,
  },
  listModels: {
    summary: 'List the models; the first is the default',
    responses: { 200: json('The models.', 'Models') },
  },
  downloadModel: {
    summary: "Download a model's file, whole or a range of its bytes",
    parameters: [nameParameter(routes.listModels)],
    responses: {
      200: response('The file.', { 'application/octet-stream': {} }),
      206: response('The requested range.', { 'application/octet-stream': {} }),
      304: response('The file still has the ETag given in If-None-Match.'),
    },
    problems: ['unknown-model', 'bad-range'],
  },
  listRuns: {
    summary: 'List the training runs that can be followed',
    responses: { 200: json('The runs.', 'Runs') },
  },
  followRun: {
    summary: "Read a training run's metrics, starting where the previous response ended",
    parameters: [nameParameter(routes.listRuns), ...queryParameters(runMetricsQuerySchema)],
    responses: { 200: json('The metrics since then.', 'RunMetrics') },
    problems: ['unknown-run', 'bad-parameter'],
  },
  health: {
    summary: 'Check whether the server can make predictions',
    responses: {
      200: json('Every model has a worker that is ready.', 'Health'),
      503: json('A model has no worker that is ready, or the server is shutting down.', 'Health'),
    },
  },
  metrics: {
    summary: 'Metrics for Prometheus',
    responses: {
      200: response("Prometheus' text format.", { 'text/plain': { schema: { type: 'string' } } }),
    },
  },
  openapi: {
    summary: 'This document',
    responses: { 200: response('OpenAPI 3.1.', { 'application/json': { schema: { type: 'object' } } }) },
  },
};

interface Operation extends Omit<Description, 'problems'> {
  operationId: RouteName;
  /** Empty for a route that needs no token. */
  security: readonly object[];
}

type Routes = typeof routes;

/** Path → method in lower case → operation. */
type Paths = {
  [Name in RouteName as Routes[Name]['path']]: Record<Lowercase<Routes[Name]['method']>, Operation>;
};

/**
 * Builds the OpenAPI 3.1 document of the server from its route table and the schemas that it validates with.
 * @param options The package's version, and whether the server requires a token.
 */
export function openApiDocument({ version, secured }: { version: string; secured: boolean }) {
  const names = Object.keys(routes) as RouteName[];
  const paths = names.map((name) => [
    routes[name].path,
    { [routes[name].method.toLowerCase()]: operationOf(name, secured) },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'mask-rcnn',
      version,
      description: 'Finds the objects in pictures: class, score, box and mask of each.',
    },
    paths: Object.fromEntries(paths) as Paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [name, jsonSchema(schema)]),
      ),
      ...(secured ? { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } : {}),
    },
  };
}

function operationOf(name: RouteName, secured: boolean): Operation {
  const { problems = [], responses, ...rest } = descriptions[name];
  const route: Route = routes[name];
  const needsToken = secured && !route.open;
  const kinds: ProblemKind[] = [...problems, ...(needsToken ? (['unauthorized'] as const) : []), ...anyRoute];
  return {
    operationId: name,
    ...rest,
    security: needsToken ? [{ bearer: [] }] : [],
    responses: { ...problemResponses(kinds), ...responses },
  };
}

/** OpenAPI 3.1 uses JSON Schema 2020-12 as it is. */
function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function queryParameters(schema: z.ZodObject): object[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = jsonSchema(field as z.ZodType) as { description?: string };
    return { name, in: 'query', required: false, description, schema: rest };
  });
}

/** The parameter `{name}` of a path. @param list The route that lists its values. */
function nameParameter(list: Route): object {
  const description = `A name listed by ${list.path}.`;
  return { name: 'name', in: 'path', required: true, description, schema: { type: 'string' } };
}

function pictureBody(): object {
  const form = {
    schema: {
      type: 'object',
      properties: { file: { type: 'string', format: 'binary' } },
      required: ['file'],
    },
  };
  const raw = [...pictureTypes, 'application/octet-stream'].map((type) => [type, {}]);
  return { required: true, content: { 'multipart/form-data': form, ...Object.fromEntries(raw) } };
}

function reference(name: keyof typeof schemas): object {
  return { schema: { $ref: `#/components/schemas/${name}` } };
}

/** @param content Media type → its schema. */
function response(description: string, content?: Readonly<Record<string, object>>): object {
  return { description, headers: requestIdHeader, ...(content ? { content } : {}) };
}

function json(description: string, name: keyof typeof schemas): object {
  return response(description, { 'application/json': reference(name) });
}

/** Responses by status; problems that share a status share a response. */
function problemResponses(kinds: readonly ProblemKind[]): Record<number, object> {
  const byStatus = new Map<number, string[]>();
  for (const kind of kinds) {
    const { status, title } = problemKinds[kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), title]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, titles]) => [
      status,
      response(`${titles.join('; ')}.`, { [problemMediaType]: reference('Problem') }),
    ]),
  );
}
