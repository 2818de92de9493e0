import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../core/errors.ts';
import { writeAtomically } from '../core/node/atomic-write.ts';
import { makeFolder } from '../core/node/make-folder.ts';
import { refuseOffline } from '../core/node/offline.ts';
import { sha256Of } from '../core/node/sha256.ts';
import { fetchedPath } from '../hub/cache.ts';
import { fetchModel } from '../predict/load/fetch-model.ts';
import type { Place } from './permissions.ts';
import { RefusedJob } from './refused-job.ts';
import { readObject, s3Address } from './s3.ts';

/** The largest model file that is read from a bucket. */
const maxModelBytes = 2 ** 31 - 1;

/** A model file and its checksum. */
export interface HashedFile {
  readonly file: string;
  readonly sha256: string;
}

/**
 * Fetches a model file into the cache.
 * @param expected Its checksum, where it is known; a file that the cache has is not fetched again.
 * @throws InputError that names the address where it cannot be fetched; RefusedJob where it has another checksum.
 */
export async function fetchedModel(
  place: Exclude<Place, { kind: 'file' }>,
  expected?: string,
): Promise<HashedFile> {
  const address = place.kind === 'http' ? place.address : s3Address(place);
  if (expected !== undefined && (await isIntact(fetchedPath(expected), expected)))
    return { file: fetchedPath(expected), sha256: expected };
  refuseOffline(address);
  const bytes = await (place.kind === 'http'
    ? fetchModel(place.address, {}, place.redirect)
    : readObject(place, maxModelBytes));
  if (bytes === null) throw new InputError(address, 'no such object');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  requireHash(address, sha256, expected);
  const file = fetchedPath(sha256);
  await makeFolder(dirname(file));
  await writeAtomically(file, bytes);
  return { file, sha256 };
}

/** @throws RefusedJob where a model is not the one that is expected. */
export function requireHash(source: string, sha256: string, expected: string | undefined): void {
  if (expected === undefined || sha256 === expected) return;
  throw new RefusedJob(`${source}: has sha256 ${sha256} on this worker, but the job's model has ${expected}`);
}

async function isIntact(path: string, sha256: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && (await sha256Of(path)) === sha256;
}
