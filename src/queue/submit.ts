import type { Redis } from 'ioredis';
import { MaskRcnnError } from '../core/errors.ts';
import { groupsOf } from '../core/groups-of.ts';
import { pause } from '../core/node/pause.ts';
import { type Chunk, type RunSettings, runId } from './chunk.ts';
import { coverageOf } from './chunk-results.ts';
import { sameList } from './picture-list.ts';
import { addChunks, type ChunkQueue } from './queue.ts';
import type { ResultStore } from './result-store.ts';
import { readRunFile, requireSameRun, writeRunFile } from './run-file.ts';
import { RunStates } from './run-state.ts';
import { removeJobs } from './status.ts';

export interface SubmitOptions {
  readonly settings: RunSettings;
  /** In the order in which results will have them. */
  readonly pictures: AsyncIterable<string>;
  readonly store: ResultStore;
  /** Maximum number of instances per picture, for the notes of `collect`. */
  readonly limit?: number;
  /**
   * Pictures per job. Where the store has results already, it is that of the first submission: in files of other chunks, the
   * records of pictures that are tried again would stand beside the old ones.
   */
  readonly chunkSize: number;
  /** No job is added while this many wait. */
  readonly maxWaiting: number;
  /** Called with the pictures listed so far, and whether the queue has to become shorter first. */
  readonly onProgress: (listed: number, isWaiting: boolean) => void;
}

export interface Submitted {
  readonly run: string;
  readonly pictures: number;
  /** Jobs that were offered to the queue, which leaves those alone that it has. */
  readonly offered: number;
  /** Chunks that are done already. */
  readonly done: number;
  /** Pictures per job. */
  readonly chunkSize: number;
}

/** Jobs that are added at once. */
const batchSize = 200;

/** Milliseconds between two looks at a queue that is too long. */
const waitMs = 1000;

/**
 * Adds the chunks of a run to a queue. Doing it again adds only what neither the queue nor the results have, what has
 * failed, and pictures that have an error instead of a prediction.
 * @throws InputError where the results are those of another run or of other pictures; MaskRcnnError where the run is
 *   cancelled meanwhile.
 */
export async function submitRun(redis: Redis, queue: ChunkQueue, options: SubmitOptions): Promise<Submitted> {
  const { settings, pictures, store, limit, onProgress } = options;
  const run = runId(settings);
  const found = await readRunFile(store);
  requireSameRun(store, found, run);
  const file = found ?? { run, ...settings, pictures: null, limit, chunk: options.chunkSize };
  const chunkSize = file.chunk ?? options.chunkSize;
  if (found === null) await writeRunFile(store, file);
  const states = new RunStates(redis);
  const isStored = coverageOf(store);
  const begin = async () => {
    // Whoever deletes the results wants them again.
    if (found === null) await states.forget(run);
    await states.begin(run, { model: settings.model.name, out: settings.out });
    await removeJobs(queue, run, ['failed']);
  };
  let hasBegun = false;
  let listed = 0;
  let offered = 0;
  let done = 0;
  let batch: Chunk[] = [];
  const flush = async () => {
    // Not before: a run whose list is refused stays as it is.
    if (!hasBegun) await begin();
    hasBegun = true;
    if (await states.isCancelled(run)) throw new MaskRcnnError(`run ${run} was cancelled`);
    await roomIn(queue, options.maxWaiting, () => onProgress(listed, true));
    const missing = await missingOf(batch, states, isStored);
    await addChunks(queue, missing);
    await states.listed(run, listed, false);
    offered += missing.length;
    done += batch.length - missing.length;
    batch = [];
    onProgress(listed, false);
  };
  for await (const some of groupsOf(sameList(store, file, pictures), chunkSize)) {
    const chunk: Chunk = { version: 1, run, ...settings, start: listed, pictures: some };
    listed += some.length;
    batch.push(chunk);
    if (batch.length >= batchSize) await flush();
  }
  await flush();
  await states.listed(run, listed, true);
  return { run, pictures: listed, offered, done, chunkSize };
}

/** The chunks that have to be processed, of which the state of the run then says so. */
async function missingOf(
  chunks: readonly Chunk[],
  states: RunStates,
  isStored: (chunk: Chunk) => Promise<boolean>,
): Promise<Chunk[]> {
  const missing: Chunk[] = [];
  const again: Chunk[] = [];
  for (const [i, progress] of (await states.progressOf(chunks)).entries()) {
    if (progress === 'done' && (await isStored(chunks[i]))) continue;
    missing.push(chunks[i]);
    if (progress !== 'open') again.push(chunks[i]);
  }
  await states.reopen(again);
  return missing;
}

async function roomIn(queue: ChunkQueue, maxWaiting: number, onWait: () => void): Promise<void> {
  while ((await queue.getWaitingCount()) >= maxWaiting) {
    onWait();
    await pause(waitMs);
  }
}
