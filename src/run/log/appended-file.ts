import { open } from 'node:fs/promises';
import { unwritable } from '../../core/node/file-errors.ts';

/** A file opened for appending. */
export interface AppendedFile {
  /** @throws InputError that names the file if it cannot be written, for example because the disk is full. */
  append(content: string | Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** @throws InputError if the file cannot be opened. */
export async function openAppended(path: string): Promise<AppendedFile> {
  const named = <Result>(action: Promise<Result>): Promise<Result> =>
    action.catch((error: unknown) => {
      throw unwritable(path, error);
    });
  const file = await named(open(path, 'a'));
  return {
    append: (content) => named(file.appendFile(content)),
    close: () => file.close(),
  };
}
