import type { ResultStore } from './result-store.ts';
import { listObjects, readObject, s3Address, writeObject } from './s3.ts';

/** The largest file of results that is read: 1,000 pictures of 2 MB of masks. */
const maxBytes = 2 ** 31 - 1;

/** A prefix of a bucket as a store. */
export function s3Store({ bucket, key }: { bucket: string; key: string }): ResultStore {
  const prefix = key === '' || key.endsWith('/') ? key : `${key}/`;
  const shown = s3Address({ bucket, key: prefix.slice(0, -1) });
  const namesIn = async (folder: string, kind: 'key' | 'folder'): Promise<string[]> => {
    const names: string[] = [];
    const start = `${prefix}${folder}/`;
    for await (const entry of listObjects(bucket, start, '/')) {
      const found =
        kind === 'key' ? 'key' in entry && entry.key : 'folder' in entry && entry.folder.slice(0, -1);
      if (found) names.push(found.slice(start.length));
    }
    return names;
  };
  return {
    shown,
    async read(name) {
      const bytes = await readObject({ bucket, key: prefix + name }, maxBytes);
      return bytes && Buffer.from(bytes).toString('utf8');
    },
    write: (name, content) => writeObject({ bucket, key: prefix + name }, content),
    filesIn: (folder) => namesIn(folder, 'key'),
    foldersIn: (folder) => namesIn(folder, 'folder'),
  };
}
