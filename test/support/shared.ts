import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const folder = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** Whether `../shared` lies beside the repository. */
export const hasShared = existsSync(folder);

/** The path of a file in `../shared`: data sets and a checkpoint too large for the repository. */
export function shared(path: string): string {
  return `${folder}${path}`;
}

/** `describe` where `../shared` lies beside the repository; elsewhere skipped, with the reason in the title. */
export function describeWithShared(title: string, tests: () => void): void {
  if (hasShared) describe(title, tests);
  else it.skip(`${title} (skipped: ../shared is not here)`, () => {});
}
