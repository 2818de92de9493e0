import { stat } from 'node:fs/promises';

/** Whether there is a regular file at a path, or behind the link there. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
