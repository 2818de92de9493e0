import { stat } from 'node:fs/promises';

/** Whether there is a folder at a path, or behind the link there. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
