/** Files of this process that must not outlive it: temporary ones, and locks. */
const files = new Set<string>();
const listeners = new Set<() => void>();

/** Notes a file that is removed at the end, or by a signal handler before. */
export function addLeftover(path: string): void {
  files.add(path);
  for (const changed of listeners) changed();
}

/** The file was removed, or renamed to what it was written for. */
export function dropLeftover(path: string): void {
  files.delete(path);
  for (const changed of listeners) changed();
}

/** The files that a signal handler has to delete. */
export function leftovers(): readonly string[] {
  return [...files];
}

/** Calls `changed` whenever there are more or fewer of them. */
export function onLeftovers(changed: () => void): void {
  listeners.add(changed);
}
