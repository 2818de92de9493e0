import { open, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { unwritable } from '../../core/node/file-errors.ts';

/*
 * The part of a download on disk: the first bytes of the file, and beside it, in `<part>.etag`, the server's validator
 * of the file when the part was started.
 */

/** Starts an empty part. @param validator For a later `If-Range`; empty where the server sent none. */
export async function beginPart(part: string, validator: string): Promise<void> {
  await writeFile(validatorPath(part), validator);
  await writeFile(part, '');
}

/** The validator that `beginPart` stored; empty where there is none. */
export async function validatorOfPart(part: string): Promise<string> {
  return readFile(validatorPath(part), 'utf8').catch(() => '');
}

/**
 * Writes chunks after the part's first `start` bytes, so that the part is always a prefix of the file.
 * @param onBytes Called with the length of the part in bytes; returns false to stop reading.
 * @returns The length of the part in bytes.
 */
export async function appendToPart(
  part: string,
  start: number,
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (done: number) => boolean,
): Promise<number> {
  const file = await open(part, 'r+');
  let position = start;
  try {
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, from, chunk.length - from, position);
        from += bytesWritten;
        position += bytesWritten;
      }
      if (!onBytes(position)) break;
    }
    await file.sync();
    return position;
  } finally {
    await file.close();
  }
}

/** Removes a part and its validator. */
export async function discardPart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(validatorPath(part), { force: true });
}

function validatorPath(part: string): string {
  return `${part}.etag`;
}

/** Length of a file in bytes; 0 where it does not exist. */
export async function sizeOnDisk(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Refuses a download that does not fit on the disk, before it starts. */
export async function needSpace(part: string, size: number | null): Promise<void> {
  if (size === null) return;
  const missing = size - (await sizeOnDisk(part));
  const { bavail, bsize } = await statfs(dirname(part));
  const free = bavail * bsize;
  if (free < missing) {
    throw new InputError(dirname(part), `${free} bytes are free on this disk, the download needs ${missing}`);
  }
}

/** Turns the system's error into an InputError. On a full disk, the part is removed. */
export async function explainPartError(error: unknown, part: string): Promise<unknown> {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    await discardPart(part);
    return new InputError(dirname(part), 'no space left on this disk; the unfinished download was removed', {
      cause: error,
    });
  }
  return unwritable(part, error);
}
