import { createHash } from 'node:crypto';
import { InputError } from '../core/errors.ts';
import { groupsOf } from '../core/groups-of.ts';
import type { ResultStore } from './result-store.ts';
import { type ListedBlock, type RunFile, writeRunFile } from './run-file.ts';

/** Pictures per digest: a list of a hundred million has ten thousand. */
export const blockSize = 10_000;

/**
 * Passes on the pictures of a run, and compares them with those that it was submitted with before: the file of the run has
 * a digest of each block of them, which is written before its first picture is passed on. A list may have grown at its end.
 * @param file What the store has. At the end of the list it has the number of the pictures.
 * @throws InputError where the list has other pictures than before.
 */
export async function* sameList(
  store: ResultStore,
  file: RunFile,
  pictures: AsyncIterable<string>,
): AsyncGenerator<string> {
  const known = file.list ?? [];
  const list: ListedBlock[] = [];
  let listed = 0;
  let isNew = false;
  for await (const names of groupsOf(pictures, blockSize)) {
    const before: ListedBlock | undefined = known[list.length];
    if (before && (names.length < before.pictures || digestOf(names, before.pictures) !== before.digest))
      throw changed(store);
    list.push({ pictures: names.length, digest: digestOf(names) });
    listed += names.length;
    if (before?.pictures !== names.length) {
      isNew = true;
      await writeRunFile(store, { ...file, pictures: null, list });
    }
    yield* names;
  }
  if (list.length < known.length) throw changed(store);
  if (isNew || file.pictures !== listed) await writeRunFile(store, { ...file, pictures: listed, list });
}

function changed(store: ResultStore): InputError {
  return new InputError(
    store.shown,
    'has the results of other pictures, so their list has changed; choose another --out',
  );
}

/** @param count Of the first of them. */
function digestOf(names: readonly string[], count = names.length): string {
  return createHash('sha256').update(names.slice(0, count).join('\0')).digest('hex').slice(0, 16);
}
