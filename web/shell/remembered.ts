const prefix = 'mask-rcnn-';

/** What this browser remembers under a name; null where it remembers nothing or refuses storage. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null;
  }
}

/** Remembers a choice in this browser; where it refuses storage, the choice lasts as long as the page. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // Nothing to remember it with.
  }
}
