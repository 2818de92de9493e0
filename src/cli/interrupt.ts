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
