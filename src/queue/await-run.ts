import { MaskRcnnError } from '../core/errors.ts';
import { pause } from '../core/node/pause.ts';
import { plural } from '../core/plural.ts';
import { isJobOf } from './chunk.ts';
import { type ChunkQueue, failedJobs } from './queue.ts';
import type { RunState, RunStates } from './run-state.ts';

/** Milliseconds between two looks at a run. */
const pollMs = 500;

/**
 * Waits until all pictures of a run are done.
 * @throws MaskRcnnError where the run is cancelled, or one of its jobs has failed.
 */
export async function awaitRun(
  queue: ChunkQueue,
  states: RunStates,
  id: string,
  onProgress: (state: RunState) => void,
): Promise<void> {
  for (;;) {
    const state = await states.get(id);
    if (state === null) throw new MaskRcnnError(`the queue has lost run ${id}; start it again to resume it`);
    if (state.cancelled) throw new MaskRcnnError(`run ${id} was cancelled`);
    onProgress(state);
    if (state.done >= state.listed) return;
    const failed = (await failedJobs(queue)).filter((job) => isJobOf(id, job));
    if (failed.length > 0) {
      const reason = (await queue.getJob(failed[0]))?.failedReason;
      throw new MaskRcnnError(`${plural(failed.length, 'job')} of run ${id} failed, the last: ${reason}`);
    }
    await pause(pollMs);
  }
}
