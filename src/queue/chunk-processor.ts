import { plural } from '../core/plural.ts';
import { PoolError } from '../pool/pool-error.ts';
import { maxRequestedDetections } from '../predict/choices.ts';
import { resultLine } from '../predict/result-line.ts';
import { type Chunk, halvesOf, parseChunk } from './chunk.ts';
import { type ChunkOutcome, readOutcome, writeOutcome } from './chunk-results.ts';
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
 * Processes the job of a chunk: predicts its pictures and writes their records. A chunk that has its records is only
 * counted. A chunk that kills workers is divided, until a single picture gets a record with the error.
 * @throws RefusedJob where the job is damaged, or names what this worker may not use; other errors may pass.
 */
export async function processChunk(job: GivenJob, options: ChunkProcessorOptions): Promise<void> {
  const { states, permissions, name } = options;
  const chunk = await orRefuse(() => parseChunk(`job ${job.id}`, job.data));
  refuseExcess(chunk, options);
  const store = await orRefuse(() => openPermittedStore(chunk.out, permissions));
  const pictures = await orRefuse(() => placesOf(chunk, permissions));
  if (await states.isCancelled(chunk.run)) return;
  const known = await readOutcome(store, chunk);
  const outcome = known ?? (await predicted({ chunk, pictures, store }, job.losses, options));
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

async function answerOf(
  { chunk, pictures }: Work,
  { models, maxPixels }: ChunkProcessorOptions,
): Promise<ChunkAnswer> {
  const { start, model, choices, plane } = chunk;
  const file = await models.find(model);
  const pool = await models.pool(file);
  try {
    const task = { start, pictures, model: model.name, choices, plane, maxPixels };
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

async function placesOf({ pictures }: Chunk, permissions: Permissions): Promise<ChunkPicture[]> {
  return Promise.all(
    pictures.map(async (name) => ({ name, place: await permittedPlace(name, permissions) })),
  );
}
