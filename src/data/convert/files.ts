import { readdir, stat } from 'node:fs/promises';
import { extname, join, posix, relative, sep } from 'node:path';
import { InputError, messageOf } from '../../core/errors.ts';
import { pictureSize } from '../../image/decode.ts';

const pictureExtensions = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif', '.gif'];

/**
 * The files in a folder and its subfolders whose names have one of the given endings.
 * @returns Paths relative to the folder with `/`, sorted.
 * @throws InputError if the folder cannot be listed.
 */
export async function listFiles(folder: string, endings: readonly string[]): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && endings.includes(extname(entry.name).toLowerCase()))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    throw new InputError(folder, `expected a folder that can be listed (${messageOf(error)})`, {
      cause: error,
    });
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/** The base name without extension. */
export function stemOf(file: string): string {
  return posix.basename(file, posix.extname(file));
}

/** The pictures in a folder and its subfolders. */
export class PictureFolder {
  readonly path: string;
  /** Paths relative to the folder with `/`, sorted. */
  readonly files: readonly string[];
  readonly #byName: Map<string, string[]>;
  readonly #byStem: Map<string, string[]>;

  private constructor(path: string, files: readonly string[]) {
    this.path = path;
    this.files = files;
    this.#byName = groupBy(files, posix.basename);
    this.#byStem = groupBy(files, stemOf);
  }

  /** @throws InputError if the folder cannot be listed. */
  static async open(path: string): Promise<PictureFolder> {
    return new PictureFolder(path, await listFiles(path, pictureExtensions));
  }

  /**
   * The picture that a foreign file calls `name`: that path in the folder, or else the only file with that
   * name.
   * @param source The file that refers to it, for the message.
   * @throws InputError if there is none, or more than one.
   */
  find(name: string, source: string): string {
    const path = posix.normalize(name.replaceAll('\\', '/'));
    const named = this.#byName.get(posix.basename(path)) ?? [];
    return named.includes(path) ? path : this.#only(named, { name, source });
  }

  /** The picture with a name without extension; as `find`. */
  findByStem(stem: string, source: string): string {
    return this.#only(this.#byStem.get(stem) ?? [], { name: `${stem}.*`, source });
  }

  /** Whether exactly one picture has the name without extension. */
  hasStem(stem: string): boolean {
    return this.#byStem.get(stem)?.length === 1;
  }

  /** Width and height in pixels, after applying the orientation. */
  size(file: string): Promise<{ width: number; height: number }> {
    return pictureSize(join(this.path, file));
  }

  #only(candidates: readonly string[], { name, source }: { name: string; source: string }): string {
    if (candidates.length === 1) return candidates[0];
    const got = candidates.length === 0 ? 'none' : `several: ${candidates.slice(0, 3).join(', ')}`;
    throw new InputError(source, `expected one picture ${name} in ${this.path}, got ${got}`);
  }
}

function groupBy(files: readonly string[], key: (file: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const group = groups.get(key(file));
    if (group === undefined) groups.set(key(file), [file]);
    else group.push(file);
  }
  return groups;
}
