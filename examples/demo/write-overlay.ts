import { dirname } from 'node:path';
import { writeAtomically } from '../../src/core/node/atomic-write.ts';
import { makeFolder } from '../../src/core/node/make-folder.ts';
import type { Picture } from '../../src/image/picture.ts';
import { drawInstances, type Instance } from '../../src/index.ts';

/** Writes a picture with its instances drawn over it; a small one is enlarged. @returns The path. */
export async function writeOverlay(
  path: string,
  picture: Picture,
  instances: readonly Instance[],
): Promise<string> {
  await makeFolder(dirname(path));
  await writeAtomically(path, await drawInstances(picture, instances, { scale: 'auto' }));
  return path;
}
