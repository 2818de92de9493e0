import type { NamedFile } from './named-files.ts';

/** The files of a drop, and those in dropped folders. Has to be called before the event ends, after which the list is empty. */
export function droppedFiles(items: DataTransferItemList): Promise<NamedFile[]> {
  const reading = [...items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => {
      const entry = item.webkitGetAsEntry();
      if (entry?.isDirectory) return filesIn(entry as FileSystemDirectoryEntry, '');
      const file = item.getAsFile();
      return file ? [{ file, path: file.name }] : [];
    });
  return Promise.all(reading).then((lists) => lists.flat());
}

async function filesIn(folder: FileSystemDirectoryEntry, prefix: string): Promise<NamedFile[]> {
  const entries: FileSystemEntry[] = [];
  const reader = folder.createReader();
  // A call returns a part, at most 100 in Chromium.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) break;
    entries.push(...part);
  }
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = prefix + entry.name;
      if (entry.isDirectory) return filesIn(entry as FileSystemDirectoryEntry, `${path}/`);
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      return [{ file, path }];
    }),
  );
  return lists.flat();
}
