import { z } from 'zod';
import { parseWith } from '../../config/parse.ts';
import { checkGivenChoices, maxRequestedDetections } from '../../predict/choices.ts';
import { planeSchema } from '../../queue/chunk.ts';
import { explainQuerySchema } from '../api/explain-schemas.ts';
import { predictionForms } from '../api/prediction-forms.ts';
import { Problem, type ProblemKind, problemKinds } from '../api/problem.ts';
import type { Job, JobAnswer } from '../work/job.ts';

/*
 * Jobs and their answers as JSON, in which files are base64.
 */

const position = z.int().nonnegative().optional();

const pictureFields = {
  picture: z.base64(),
  fileName: z.string().max(255).nullable(),
  plane: planeSchema,
  choices: z.record(z.string(), z.unknown()),
};

const jobSchema = z.union([
  z.strictObject({
    ...pictureFields,
    output: z.enum(Object.values(predictionForms)),
    pixelSize: z.string().max(100).optional(),
    tolerance: z.number().min(0).optional(),
  }),
  z.strictObject({
    ...pictureFields,
    output: z.enum(['stages', 'focus', 'report']),
    follow: z.strictObject({ instance: position, proposal: position }),
    report: z.strictObject({
      language: explainQuerySchema.shape.lang.unwrap(),
      modelName: z.string().max(4096),
      version: z.string().max(100),
    }),
    pooler: explainQuerySchema.shape.pooler,
  }),
]);

/** The form in which a job is queued. */
export function packJob(job: Job): object {
  return { ...job, picture: base64(job.picture) };
}

/**
 * A queued job, which anyone who can reach the queue may have written.
 * @throws InputError that names the field; UsageError or Problem that names the choice.
 */
export function unpackJob(data: unknown): Job {
  const { picture, choices: given, ...rest } = parseWith(jobSchema, 'request', data);
  const choices = checkGivenChoices('choices', given);
  // As over HTTP: memory and time depend on them.
  if (choices.minSize !== undefined || choices.maxSize !== undefined)
    throw new Problem('bad-parameter', 'choices: the size of pictures cannot be chosen');
  if ((choices.maxDetections ?? 0) > maxRequestedDetections)
    throw new Problem('bad-parameter', `choices: maxDetections exceeds ${maxRequestedDetections}`);
  return { ...rest, choices, picture: Buffer.from(picture, 'base64') };
}

/** An answer, or the problem that the worker had instead. */
export type PackedAnswer =
  | { readonly answer: object }
  | { readonly problem: ProblemKind; readonly detail: string };

/** The form in which an answer is queued. */
export function packAnswer(answer: JobAnswer): PackedAnswer {
  if (answer.outcome === 'done') return { answer: { ...answer, file: answer.file && base64(answer.file) } };
  if (answer.outcome === 'explained' && 'report' in answer.body)
    return { answer: { ...answer, body: { report: base64(answer.body.report) } } };
  return { answer };
}

/** @throws Problem that the worker had. */
export function unpackAnswer(value: unknown): JobAnswer {
  const packed = value as PackedAnswer;
  if ('problem' in packed) {
    const kind = Object.hasOwn(problemKinds, packed.problem) ? packed.problem : 'internal';
    throw new Problem(kind, packed.detail);
  }
  const answer = packed.answer as JobAnswer;
  if (answer.outcome === 'done') return { ...answer, file: answer.file && bytes(answer.file) };
  if (answer.outcome === 'explained' && 'report' in answer.body)
    return { ...answer, body: { report: bytes(answer.body.report) } };
  return answer;
}

function base64(file: Uint8Array): string {
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('base64');
}

/** @param packed Typed as the file that it stands for. */
function bytes(packed: unknown): Uint8Array {
  return Buffer.from(String(packed), 'base64');
}
