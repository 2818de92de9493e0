/**
 * Lets a command handle the first Ctrl-C or SIGTERM itself; the next one has its default effect.
 * @returns Restores the previous behaviour.
 */
export function onStopSignal(handle: () => void): () => void {
  const stop = () => {
    restore();
    handle();
  };
  const restores = (['SIGINT', 'SIGTERM'] as const).map((signal) => onInterrupt(stop, signal));
  const restore = () => {
    for (const each of restores) each();
  };
  return restore;
}

/**
 * Lets a command handle the first Ctrl-C (or another signal) itself; a second one has its default effect.
 * @returns Restores the previous behaviour.
 */
export function onInterrupt(handle: () => void, signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): () => void {
  const usual = process.listeners(signal);
  const restore = () => {
    process.off(signal, first);
    for (const listener of usual)
      if (!process.listeners(signal).includes(listener)) process.on(signal, listener);
  };
  const first = () => {
    restore();
    handle();
  };
  for (const listener of usual) process.off(signal, listener);
  process.on(signal, first);
  return restore;
}
