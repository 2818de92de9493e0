import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseWith } from '../config/parse.ts';
import type { PlaneChoice } from '../image/plane-choice.ts';
import { checkGivenChoices, type PredictionChoices } from '../predict/choices.ts';

/** The most pictures of a chunk. */
export const maxChunkPictures = 1000;

/** A file name, path or address. */
const place = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'Expected a name without null characters');

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'Expected a SHA-256 as 64 hexadecimal digits');

const modelSchema = z.strictObject({
  /** As the user named it: a name of the package, a path or an address. */
  name: place,
  /** Of the model file, which a worker may find elsewhere. */
  sha256,
});

/** The plane of a job that others may have written. */
export const planeSchema = z.strictObject({
  page: z.int().min(1).exactOptional(),
  channel: z.union([z.int().min(1), z.string().min(1).max(256)]).exactOptional(),
});

/** What the chunks of a run have in common. */
export const runSchema = z.strictObject({
  model: modelSchema,
  /** As `predict` checks them; see `checkGivenChoices`. */
  choices: z.record(z.string(), z.unknown()),
  plane: planeSchema,
  /** A folder that all machines see, or `s3://bucket/prefix`. */
  out: place,
});

const chunkSchema = z.strictObject({
  version: z.literal(1, 'Expected version 1, of this package'),
  run: z.string().regex(/^[0-9a-f]{16}$/, 'Expected the id of a run'),
  ...runSchema.shape,
  /** Position of the first picture in the run, from 0. */
  start: z
    .int()
    .min(0)
    .max(2 ** 32 - 1 - maxChunkPictures),
  pictures: z.array(place).min(1).max(maxChunkPictures),
});

/** Everything about a run but its pictures. */
export interface RunSettings {
  readonly model: z.infer<typeof modelSchema>;
  readonly choices: PredictionChoices;
  readonly plane: PlaneChoice;
  readonly out: string;
}

/** Consecutive pictures of a run: the data of a job. */
export interface Chunk extends RunSettings {
  readonly version: 1;
  readonly run: string;
  readonly start: number;
  readonly pictures: readonly string[];
}

/**
 * The data of a job, which anyone who can reach the queue may have written.
 * @param source The job, for messages.
 * @throws InputError that names the field; UsageError that names the choice.
 */
export function parseChunk(source: string, data: unknown): Chunk {
  const { choices, ...chunk } = parseWith(chunkSchema, source, data);
  return { ...chunk, choices: checkGivenChoices('choices', choices) };
}

/** The id of a run: the same for the same settings. */
export function runId({ model, choices, plane, out }: RunSettings): string {
  const settings = JSON.stringify([model.sha256, model.name, sorted(choices), sorted(plane), out]);
  return createHash('sha256').update(settings).digest('hex').slice(0, 16);
}

/** The id of a chunk's job: the same for the same pictures at the same place of the same run. */
export function chunkId({ run, start, pictures }: Pick<Chunk, 'run' | 'start' | 'pictures'>): string {
  const digest = createHash('sha256').update(pictures.join('\0')).digest('hex').slice(0, 16);
  return `${run}-${start}-${digest}`;
}

/** Whether a job, given by its id, is a chunk of a run. */
export function isJobOf(run: string, job: string): boolean {
  return job.startsWith(`${run}-`);
}

/** The two halves of a chunk of at least two pictures. */
export function halvesOf(chunk: Chunk): [Chunk, Chunk] {
  const { start, pictures } = chunk;
  const half = Math.ceil(pictures.length / 2);
  return [
    { ...chunk, pictures: pictures.slice(0, half) },
    { ...chunk, start: start + half, pictures: pictures.slice(half) },
  ];
}

function sorted(value: object): [string, unknown][] {
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  return given.sort(([a], [b]) => (a < b ? -1 : 1));
}
