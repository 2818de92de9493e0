import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../../core/errors.ts';

/** A file to be written, and the option that names it or its folder. */
export interface Output {
  readonly option: string;
  readonly path: string;
}

/**
 * Refuses to write over a file that the command reads. Files are compared by identity, so that links do not hide one.
 * @param outputs Absent options and `-` (stdout) are passed over.
 * @param inputs Absent options and names of published models, which are not files, are passed over.
 * @throws UsageError that names the option.
 */
export async function refuseOverwriting(
  outputs: readonly { readonly option: string; readonly path: string | undefined }[],
  inputs: Iterable<string | undefined>,
): Promise<void> {
  const existing: (Output & { readonly file: string })[] = [];
  for (const { option, path } of outputs) {
    if (path === undefined || path === '-') continue;
    const file = await identityOf(path);
    if (file !== undefined) existing.push({ option, path, file });
  }
  // The usual case: nothing is overwritten at all.
  if (existing.length === 0) return;
  for (const input of inputs) {
    const file = input === undefined ? undefined : await identityOf(input);
    const replaced = existing.find((output) => output.file === file);
    if (replaced === undefined) continue;
    const { option, path } = replaced;
    throw new UsageError(
      `${option} would replace ${path}, which this command reads as ${input}; choose another place`,
    );
  }
}

/**
 * Refuses two options that name one file, of which only one form would remain.
 * @param targets By the option's name. Absent options and `-` (stdout) are passed over.
 * @throws UsageError that names both.
 */
export function refuseSameFile(targets: Readonly<Record<string, string | undefined>>): void {
  const owners = new Map<string, string>();
  for (const [name, target] of Object.entries(targets)) {
    if (target === undefined || target === '-') continue;
    const owner = owners.get(resolve(target));
    if (owner !== undefined) {
      throw new UsageError(
        `--${owner} and --${name} would both write ${target}; choose another file for one`,
      );
    }
    owners.set(resolve(target), name);
  }
}

/** Device and inode of a regular file; undefined where there is none. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found?.isFile() ? `${found.dev}:${found.ino}` : undefined;
}
