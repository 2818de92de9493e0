/** A file, and its path in the folder that was opened or dropped; without a folder, its name. */
export interface NamedFile {
  file: File;
  path: string;
}

/** Files of the browser's file dialog. A folder's own name is not part of the paths. */
export function namedFiles(files: Iterable<File>): NamedFile[] {
  return [...files].map((file) => ({
    file,
    path: file.webkitRelativePath.replace(/^[^/]*\//, '') || file.name || 'picture',
  }));
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
