import { existsSync } from 'node:fs';
import { constants, copyFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { InputError, messageOf } from '../../core/errors.ts';
import { writeAtomically } from '../../core/node/atomic-write.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { makeFolder } from '../../core/node/make-folder.ts';
import { plural } from '../../core/plural.ts';
import { pictureTitle } from '../coco/picture-key.ts';
import type { CocoDataset, CocoImage } from '../coco/types.ts';
import { listFiles } from '../convert/files.ts';
import type { WriteOptions } from './annotation-writer.ts';

/** Writes a file and the folders that it needs. */
export async function writeFileAt(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  await writeAtomically(path, content);
}

/** Copies a picture, where possible without using space on the disk twice. */
export async function copyPicture(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error: unknown) => {
    throw new InputError(from, `cannot be copied to ${to} (${messageOf(error)})`, { cause: error });
  });
}

/**
 * The path of an image inside a folder.
 * @throws InputError where the data set names a file outside of it.
 */
export function pathInside(folder: string, fileName: string): string {
  const path = posix.normalize(fileName);
  if (path.startsWith('../') || posix.isAbsolute(path) || /^[a-z]:/i.test(path)) {
    throw new InputError(fileName, 'expected a file name inside the folder of the pictures');
  }
  return join(folder, path);
}

/**
 * Checks that the annotations of every image have a file, or an entry in one, of their own.
 * @param nameOf The name of that file or entry, from the image's name with `/`.
 * @throws InputError where two images would share one, as `a.png` and `a.jpg` or the pages of a stack can.
 */
export function requireOwnNames(
  images: readonly CocoImage[],
  nameOf: (fileName: string) => string = (fileName) => fileName,
): void {
  const owners = new Map<string, string>();
  for (const image of images) {
    const { file_name } = image;
    if (file_name === undefined) continue;
    const name = nameOf(file_name.replaceAll('\\', '/'));
    const title = pictureTitle({ ...image, file_name });
    const owner = owners.get(name);
    if (owner !== undefined) {
      const remedy =
        title === file_name
          ? ''
          : '; the format has no pages or channels, so save each as a picture of its own';
      throw new InputError(
        title,
        `its annotations would replace those of ${owner}, since both are written to ${name}${remedy}`,
      );
    }
    owners.set(name, title);
  }
}

/** Says how many pictures of a data set there are not. @param paths Where the annotations, or the data set, lead. */
export function noteAbsent(paths: readonly string[], { onNote }: WriteOptions): void {
  const absent = paths.filter((path) => !existsSync(path));
  if (absent.length === 0) return;
  const pictures = plural(paths.length, 'picture');
  onNote?.(
    `note: ${absent.length} of ${pictures} not found, such as ${absent[0]}; --images names their folder`,
  );
}

/** Files of one kind that a conversion writes. */
export interface OwnFiles {
  /** The folder below that of the conversion. */
  readonly place: string;
  readonly endings: readonly string[];
  /** Paths in the place, with `/`. */
  readonly names: readonly string[];
}

/** The files of a kind that lie where a conversion writes, and would stay there. */
export async function otherFiles(
  folder: string,
  { place, endings, names }: OwnFiles,
): Promise<readonly string[]> {
  const path = join(folder, place);
  if (!(await isFolder(path))) return [];
  const own = new Set(names.map((name) => posix.normalize(name).normalize('NFC')));
  return (await listFiles(path, endings)).filter((file) => !own.has(file.normalize('NFC')));
}

/**
 * Refuses a folder with files of an earlier conversion, which would stay part of the data set.
 * @throws InputError that counts them.
 */
export async function refuseOtherFiles(folder: string, kinds: readonly OwnFiles[]): Promise<void> {
  for (const kind of kinds) {
    const others = await otherFiles(folder, kind);
    if (others.length === 0) continue;
    const files = `${plural(others.length, 'file')} of other pictures in ${kind.place}, such as ${others[0]}`;
    throw new InputError(
      folder,
      `has ${files}, which would stay part of the data set; choose another folder, or delete this one first`,
    );
  }
}

/** The names of the images that have one, with `/`. */
export function fileNames(images: readonly CocoImage[]): string[] {
  return images.flatMap(({ file_name }) => file_name?.replaceAll('\\', '/') ?? []);
}

/** Where the pictures are in `--images`; none without it, since the format then leaves to its tool where they are. */
export function picturePaths({ images }: CocoDataset, { images: folder }: WriteOptions): string[] {
  return folder === undefined ? [] : fileNames(images).map((name) => join(folder, name));
}

/** The name without extension, with its folders. */
export function withoutExtension(fileName: string): string {
  return fileName.slice(0, fileName.length - posix.extname(fileName).length);
}
