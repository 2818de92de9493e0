import { MaskRcnnError, messageOf } from '../core/errors.ts';
import { plural } from '../core/plural.ts';
import { PoolError } from '../pool/pool-error.ts';
import { maxRequestedDetections } from '../predict/choices.ts';
import { resultLine } from '../predict/result-line.ts';
import { type Chunk, halvesOf, parseChunk } from './chunk.ts';
import { type ChunkOutcome, type KnownOutcome, readOutcome, writeOutcome } from './chunk-results.ts';
import type { HashedFile } from './fetched-model.ts';
import { openPermittedStore } from './open-store.ts';
import { type Permissions, permittedPlace } from './permissions.ts';
import type { ChunkAnswer, ChunkPicture } from './predict-chunk.ts';
import { orRefuse, RefusedJob } from './refused-job.ts';
import type { ResultStore } from './result-store.ts';
import type { RunStates } from './run-state.ts';
import type { ChunkPool, WorkerModels } from './worker-models.ts';

/** A job as its worker gets it. */
export interface GivenJob {
  readonly id: string;
  readonly data: unknown;
  /** Number of workers that were lost while they had it. */
  readonly losses: number;
}

export interface ChunkProcessorOptions {
  readonly permissions: Permissions;
  readonly models: {
    find: WorkerModels['find'];
    pool(model: HashedFile): Promise<Pick<ChunkPool, 'run'>>;
  };
  readonly states: Pick<RunStates, 'isCancelled' | 'done'>;
  /** Name of the worker. */
  readonly name: string;
  readonly maxPixels: number | undefined;
  /** Jobs may not choose a larger size of resized pictures, since memory and time depend on it. */
  readonly maxSide: number;
  /** Adds the parts of a chunk that was divided. */
  readonly add: (chunks: readonly Chunk[]) => Promise<void>;
  readonly onNote: (line: string) => void;
}

/** A chunk is divided after this many lost workers, and a single picture given up after one more. */
const lossesToDivide = 2;

/**
 * Processes the job of a chunk: predicts its pictures and writes their records. Of a chunk that has its records, only
 * pictures with an error are tried again. A chunk that kills workers is divided, until a single picture gets a record with
 * the error; so does a picture that this worker may not use.
 * @throws RefusedJob where the job is damaged, or names what this worker may not use; other errors may pass.
 */
export async function processChunk(job: GivenJob, options: ChunkProcessorOptions): Promise<void> {
  const { states, permissions, name } = options;
  const chunk = await orRefuse(() => parseChunk(`job ${job.id}`, job.data));
  refuseExcess(chunk, options);
  const store = await orRefuse(() => openPermittedStore(chunk.out, permissions));
  const pictures = await placesOf(chunk, permissions);
  if (await states.isCancelled(chunk.run)) return;
  const known = await readOutcome(store, chunk);
  const work = { chunk, pictures, store };
  const outcome = known
    ? await triedAgain(work, known, job.losses, options)
    : await predicted(work, job.losses, options);
  if (outcome) await states.done(chunk.run, outcome, name);
}

/** @throws RefusedJob where a choice would take too much memory. */
function refuseExcess({ choices }: Chunk, { maxSide }: ChunkProcessorOptions): void {
  const { minSize = 0, maxSize = 0, maxDetections = 0 } = choices;
  if (Math.max(minSize, maxSize) > maxSide) {
    const chosen = `pictures resized to ${Math.max(minSize, maxSize)} pixels`;
    throw new RefusedJob(`the job wants ${chosen}, this worker's --max-side is ${maxSide}`);
  }
  if (maxDetections > maxRequestedDetections) {
    throw new RefusedJob(
      `the job wants ${maxDetections} instances per picture; the limit is ${maxRequestedDetections}`,
    );
  }
}

interface Work {
  readonly chunk: Chunk;
  readonly pictures: readonly ChunkPicture[];
  readonly store: ResultStore;
}

/** Null where the chunk was divided. */
async function predicted(
  work: Work,
  losses: number,
  options: ChunkProcessorOptions,
): Promise<ChunkOutcome | null> {
  const { chunk } = work;
  if (losses >= lossesToDivide + (chunk.pictures.length === 1 ? 1 : 0)) {
    return divideOrGiveUp(work, `${plural(losses, 'worker')} died while predicting it`, options);
  }
  const answer = await answerOf(work, options);
  if ('refused' in answer) throw new RefusedJob(answer.refused);
  if ('problem' in answer) return divideOrGiveUp(work, answer.problem, options);
  await writeOutcome(work.store, chunk, answer.lines);
  return { start: chunk.start, count: chunk.pictures.length, failed: answer.failed };
}

/** The outcome of a chunk after its pictures with an error were predicted again; the known one where they kill workers. */
async function triedAgain(
  { chunk, pictures, store }: Work,
  known: KnownOutcome,
  losses: number,
  options: ChunkProcessorOptions,
): Promise<ChunkOutcome> {
  const { start, count } = known;
  if (known.failed.length === 0 || losses >= lossesToDivide) return known;
  const lines = [...known.lines];
  const failed: number[] = [];
  /** Each by itself where the model fails, so that the others get their records. */
  const predict = async (some: readonly ChunkPicture[]): Promise<void> => {
    const answer = await answerOf({ chunk, pictures: some, store }, options);
    if ('refused' in answer) throw new RefusedJob(answer.refused);
    if ('problem' in answer) {
      if (some.length > 1) for (const picture of some) await predict([picture]);
      else failed.push(some[0].position);
      return;
    }
    for (const [i, { position }] of some.entries()) lines[position - start] = answer.lines[i];
    failed.push(...answer.failed);
  };
  await predict(pictures.filter(({ position }) => known.failed.includes(position)));
  await writeOutcome(store, chunk, lines);
  return { start, count, failed };
}

async function answerOf(
  { chunk, pictures }: Work,
  { models, maxPixels }: ChunkProcessorOptions,
): Promise<ChunkAnswer> {
  const { model, choices, plane } = chunk;
  const file = await models.find(model);
  const pool = await models.pool(file);
  try {
    const task = { pictures, model: model.name, choices, plane, maxPixels };
    return (await pool.run(task)).answer;
  } catch (error) {
    if (!(error instanceof PoolError) || error.kind !== 'worker-died') throw error;
    return { problem: error.message };
  }
}

async function divideOrGiveUp(
  { chunk, store }: Work,
  problem: string,
  { add, onNote }: ChunkProcessorOptions,
): Promise<ChunkOutcome | null> {
  const { start, pictures, plane, model } = chunk;
  if (pictures.length > 1) {
    onNote(`${plural(pictures.length, 'picture')} from ${pictures[0]}: ${problem}; dividing them`);
    await add(halvesOf(chunk));
    return null;
  }
  const [path] = pictures;
  const error = `${path}: ${problem}`;
  onNote(error);
  const named = { file_name: path, page: plane.page, image_id: start, model: model.name };
  await writeOutcome(store, chunk, [resultLine(named, { error })]);
  return { start, count: 1, failed: [start] };
}

async function placesOf({ start, pictures }: Chunk, permissions: Permissions): Promise<ChunkPicture[]> {
  return Promise.all(
    pictures.map(async (name, i) => {
      const place = await permittedPlace(name, permissions).catch((error: unknown) => {
        return { kind: 'refused' as const, reason: refusalOf(name, error) };
      });
      return { name, position: start + i, place };
    }),
  );
}

/** Why a picture cannot be used here. @throws the error where it may pass, such as that of a disk that is away. */
function refusalOf(name: string, error: unknown): string {
  if (error instanceof MaskRcnnError) return error.message;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!/^(EACCES|ELOOP|ENAMETOOLONG|ENOTDIR)$/.test(code)) throw error;
  return `${name}: cannot be read (${messageOf(error)})`;
}
