import { setTimeout as sleep } from 'node:timers/promises';

/** Waits. @throws the reason of the signal, as soon as it is aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    // Node throws an error of its own, whose cause is the reason.
    throw signal?.aborted ? signal.reason : error;
  }
}
