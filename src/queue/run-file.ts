import { z } from 'zod';
import { parseWith } from '../config/parse.ts';
import { InputError } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';
import { checkGivenChoices } from '../predict/choices.ts';
import { maxChunkPictures, type RunSettings, runSchema } from './chunk.ts';
import type { ResultStore } from './result-store.ts';

export const runFileName = 'run.json';

const runFileSchema = z.strictObject({
  run: z.string(),
  ...runSchema.shape,
  /** The number of pictures; null until all are listed. */
  pictures: z.int().nullable(),
  limit: z.int().optional(),
  chunk: z.int().min(1).max(maxChunkPictures).optional(),
  list: z.array(z.strictObject({ pictures: z.int(), digest: z.string() })).optional(),
});

/** Consecutive pictures of a list. */
export interface ListedBlock {
  readonly pictures: number;
  /** Of their names. */
  readonly digest: string;
}

/** What the results folder says about its run. */
export interface RunFile extends RunSettings {
  readonly run: string;
  readonly pictures: number | null;
  /** Maximum number of instances per picture: the choice, or else that of the model. */
  readonly limit?: number | undefined;
  /** Pictures per job. */
  readonly chunk?: number | undefined;
  /** The pictures that were offered to the queue; see `sameList`. */
  readonly list?: readonly ListedBlock[] | undefined;
}

/** Null where the store has no run yet. @throws InputError where the file is damaged. */
export async function readRunFile(store: ResultStore): Promise<RunFile | null> {
  const text = await store.read(runFileName);
  if (text === null) return null;
  const source = `${store.shown}/${runFileName}`;
  const { choices, ...file } = parseWith(runFileSchema, source, parseJson(source, text));
  return { ...file, choices: checkGivenChoices(source, choices) };
}

export async function writeRunFile(store: ResultStore, file: RunFile): Promise<void> {
  await store.write(runFileName, `${JSON.stringify(file, null, 2)}\n`);
}

/** @throws InputError where the store has the results of another run. */
export function requireSameRun(store: ResultStore, found: RunFile | null, run: string): void {
  if (found === null || found.run === run) return;
  throw new InputError(
    store.shown,
    `has the results of a run with another model or other options (${found.model.name}); choose another --out`,
  );
}
