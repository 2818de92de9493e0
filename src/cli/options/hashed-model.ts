import { sha256Of } from '../../core/node/sha256.ts';
import { fetchedModel, type HashedFile } from '../../queue/fetched-model.ts';
import { isAddress, permittedPlace } from '../../queue/permissions.ts';
import { modelFile } from './model-argument.ts';

/**
 * The local file and the checksum of a `--model` argument that may also be an http(s) or s3:// address.
 * @throws what `modelFile` throws; InputError where it cannot be fetched.
 */
export async function hashedModel(nameOrPath: string, offline: boolean | undefined): Promise<HashedFile> {
  if (isAddress(nameOrPath)) {
    const any = { root: '/', httpHosts: ['*'], buckets: ['*'] };
    const place = await permittedPlace(nameOrPath, any);
    if (place.kind !== 'file') return fetchedModel(place);
  }
  const file = await modelFile(nameOrPath, offline);
  return { file, sha256: await sha256Of(file) };
}
