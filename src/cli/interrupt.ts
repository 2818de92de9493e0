/**
 * Lets a command end in its own way at Ctrl-C, or at another signal. A second one does what it would have done
 * without this.
 * @returns Puts things back as they were.
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
