import { readdir } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { InputError, messageOf } from '../../core/errors.ts';
import { firstPageSize } from '../../image/decode.ts';
import {
  isHidden,
  pictureExtensions,
  unreadableExtension,
  unreadableProblem,
} from '../../image/picture-names.ts';

/**
 * The files in a folder and its subfolders whose names have one of the given endings, without hidden ones.
 * @returns Paths relative to the folder with `/`, sorted.
 * @throws InputError if the folder cannot be listed.
 */
export async function listFiles(folder: string, endings: readonly string[]): Promise<string[]> {
  const files = await listAll(folder);
  return files.filter((file) => endings.includes(posix.extname(file).toLowerCase()));
}

async function listAll(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((file) => !isHidden(file))
      .sort();
  } catch (error) {
    throw new InputError(folder, `expected a folder that can be listed (${messageOf(error)})`, {
      cause: error,
    });
  }
}

/** The base name without extension. */
export function stemOf(file: string): string {
  return posix.basename(file, posix.extname(file));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Refuses masks of another size than their picture.
 * @param source The file of the masks.
 * @throws InputError that names both.
 */
export function requireSameSize(
  masks: Size,
  source: string,
  { file, width, height }: Size & { readonly file: string },
): void {
  if (masks.width === width && masks.height === height) return;
  throw new InputError(
    source,
    `expected ${width}×${height} as ${file} has, got ${masks.width}×${masks.height}`,
  );
}

/** The pictures in a folder and its subfolders. */
export class PictureFolder {
  readonly path: string;
  /** Paths relative to the folder with `/`, sorted. */
  readonly files: readonly string[];
  /** The same for pictures in formats that cannot be read. */
  readonly unreadable: readonly string[];
  readonly #byName: Map<string, string[]>;
  readonly #byStem: Map<string, string[]>;

  private constructor(path: string, all: readonly string[]) {
    this.path = path;
    this.files = all.filter((file) => pictureExtensions.includes(posix.extname(file).toLowerCase()));
    this.unreadable = all.filter((file) => unreadableExtension(file) !== undefined);
    this.#byName = groupBy(this.files, nameOf);
    this.#byStem = groupBy(this.files, (file) => stemOf(file).normalize('NFC'));
  }

  /** @throws InputError if the folder cannot be listed. */
  static async open(path: string): Promise<PictureFolder> {
    return new PictureFolder(path, await listAll(path));
  }

  /**
   * The picture that a foreign file calls `name`: that path in the folder, or else the only file with that
   * name. Accented letters may be composed or decomposed.
   * @param source The file that refers to it, for the message.
   * @throws InputError if there is more than one.
   */
  find(name: string, source: string): FoundPicture {
    const path = posix.normalize(name.replaceAll('\\', '/')).normalize('NFC');
    const named = this.#byName.get(nameOf(path)) ?? [];
    const exact = named.find((file) => file.normalize('NFC') === path);
    return exact === undefined ? this.#only(named, { name, source }) : { file: exact };
  }

  /** The picture with a name without extension; as `find`. */
  findByStem(stem: string, source: string): FoundPicture {
    return this.#only(this.#byStem.get(stem.normalize('NFC')) ?? [], { name: `${stem}.*`, source });
  }

  /** Whether exactly one picture has the name without extension. */
  hasStem(stem: string): boolean {
    return this.#byStem.get(stem.normalize('NFC'))?.length === 1;
  }

  /** Width and height in pixels, after applying the orientation. */
  size(file: string): Promise<Size> {
    return firstPageSize(join(this.path, file));
  }

  /**
   * As `requireSameSize`, for the masks of a picture of the folder.
   * @throws InputError also if the picture cannot be read.
   */
  async requireSize(file: string, masks: Size, source: string): Promise<void> {
    requireSameSize(masks, source, { file, ...(await this.size(file)) });
  }

  #only(candidates: readonly string[], { name, source }: { name: string; source: string }): FoundPicture {
    if (candidates.length === 1) return { file: candidates[0] };
    if (candidates.length === 0) return { name, problem: this.#problemOf(name) };
    const got = candidates.slice(0, 3).join(', ');
    throw new InputError(source, `expected one picture ${name} in ${this.path}, got several: ${got}`);
  }

  #problemOf(name: string): string {
    const stem = stemOf(name.replaceAll('\\', '/'));
    const unreadable = this.unreadable.find((file) => stemOf(file) === stem);
    const extension = unreadable && unreadableExtension(unreadable);
    return extension ? unreadableProblem(extension) : `no such picture in ${this.path}`;
  }
}

/** A picture in the folder, or why the one of that name cannot be used. */
export type FoundPicture = { file: string } | { name: string; problem: string };

/** A picture in a format that cannot be read, as `find` describes it. */
export function unreadablePicture(file: string): { name: string; problem: string } {
  return { name: file, problem: unreadableProblem(unreadableExtension(file) ?? posix.extname(file)) };
}

/** The name by which pictures are ordered. */
export function sortKey(found: FoundPicture): string {
  return 'file' in found ? found.file : found.name;
}

function nameOf(file: string): string {
  return posix.basename(file).normalize('NFC');
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
