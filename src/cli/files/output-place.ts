import { access, constants, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, UsageError } from '../../core/errors.ts';
import { unwritable } from '../../core/node/file-errors.ts';

/**
 * Refuses an `--out` that cannot become the file of a model, before the work is done.
 * @param endings Such as `.safetensors`.
 * @throws UsageError where the name does not end so; InputError where it is a folder, or its folder cannot be written to.
 */
export async function requireModelOutput(out: string, ...endings: string[]): Promise<void> {
  if (!endings.some((ending) => out.toLowerCase().endsWith(ending))) {
    throw new UsageError(
      `--out: expected the name of a file that ends in ${endings.join(' or ')}, got ${out || '""'}`,
    );
  }
  await requireFilePlace(out);
}

/** @throws InputError where a file of this name cannot be written. */
export async function requireFilePlace(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new InputError(path, 'is a folder; name a file');
  // Links are followed.
  await access(dirname(found ? await realpath(path) : path), constants.W_OK).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}
