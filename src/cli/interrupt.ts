/**
 * Lets a command end in its own way at Ctrl-C. A second one does what it would have done without this.
 * @returns Puts things back as they were.
 */
export function onInterrupt(handle: () => void): () => void {
  const usual = process.listeners('SIGINT');
  const restore = () => {
    process.off('SIGINT', first);
    for (const listener of usual)
      if (!process.listeners('SIGINT').includes(listener)) process.on('SIGINT', listener);
  };
  const first = () => {
    restore();
    handle();
  };
  for (const listener of usual) process.off('SIGINT', listener);
  process.on('SIGINT', first);
  return restore;
}
