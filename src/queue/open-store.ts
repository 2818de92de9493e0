import { resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { isAddress, type Permissions, parseS3, permittedPlace } from './permissions.ts';
import { folderStore, type ResultStore } from './result-store.ts';
import { s3Store } from './s3-store.ts';

/**
 * The store that a user names: a folder or `s3://bucket/prefix`.
 * @throws UsageError for an address of another kind.
 */
export function openStore(out: string): ResultStore {
  const s3 = parseS3(out);
  if (s3) return s3Store(s3);
  if (isAddress(out)) throw new UsageError(`${out}: expected a folder or s3://bucket/prefix`);
  return folderStore(resolve(out), out);
}

/**
 * The store that a job names.
 * @throws InputError where this worker may not use it.
 */
export async function openPermittedStore(out: string, permissions: Permissions): Promise<ResultStore> {
  const place = await permittedPlace(out, permissions);
  if (place.kind === 's3') return s3Store(place);
  if (place.kind === 'file') return folderStore(place.path, out);
  throw new UsageError(`${out}: expected a folder or s3://bucket/prefix for results`);
}
