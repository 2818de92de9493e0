/** What waits for each signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls a function when a signal is aborted that is not so yet. However many wait, the signal has one listener: Node warns of a leak
 * where it has more than ten.
 * @returns Takes the function back.
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const acts = waiting.get(signal) ?? new Set<() => void>();
  if (acts.size === 0) {
    waiting.set(signal, acts);
    signal.addEventListener('abort', callAll);
  }
  // One of its own, since the same function may be given twice.
  const own = () => act();
  acts.add(own);
  return () => {
    if (acts.delete(own) && acts.size === 0) signal.removeEventListener('abort', callAll);
  };
}

function callAll(this: AbortSignal): void {
  for (const act of [...(waiting.get(this) ?? [])]) act();
}

/** Waits for a promise. @throws the reason of the signal, as soon as it is aborted. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let forget = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else forget = onAbort(signal, stop);
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    forget();
  }
}

/**
 * The values of an iterable.
 * @throws the reason of the signal, as soon as it is aborted, even where no value comes.
 */
export async function* untilAborted<T>(
  values: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const iterator =
    Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
  let asked = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      asked = true;
      const { done, value } = await unlessAborted(Promise.resolve(iterator.next()), signal);
      if (done) return;
      asked = false;
      yield value;
    }
  } finally {
    if (!asked) await iterator.return?.();
    // It can end only once the value has come that nobody waits for any more, which may be never.
    else if (signal?.aborted) (async () => iterator.return?.())().catch(() => {});
  }
}
