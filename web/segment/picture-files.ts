import type { NamedFile } from '../files/named-files.ts';
import { isHidden, pictureExtensions, unreadableExtension } from '../product.ts';
import type { ChosenPicture } from '../shell/use-session.ts';
import { PageError } from '../words/page-error.ts';

interface ChosenFiles {
  /** In the natural order of their paths: `2.png` before `10.png`. */
  pictures: ChosenPicture[];
  /** About files that are not pictures. */
  problem: PageError | null;
}

const order = new Intl.Collator('en', { numeric: true });

/** The pictures among files, without hidden ones. Formats that cannot be read count as pictures, and fail by name when shown. */
export function picturesAmong(files: readonly NamedFile[]): ChosenFiles {
  const visible = files.filter(({ path }) => files.length === 1 || !isHidden(path));
  const pictures = visible
    .filter(isPicture)
    .map(({ file, path }) => ({ blob: file, name: path }))
    .sort((a, b) => order.compare(a.name, b.name));
  return { pictures, problem: problemWith(visible, pictures.length) };
}

function problemWith(files: readonly NamedFile[], pictures: number): PageError | null {
  if (files.length === pictures && pictures > 0) return null;
  if (files.length === 1) {
    const [{ file, path }] = files;
    return new PageError('notPicture', { name: path, type: file.type });
  }
  return pictures === 0
    ? new PageError('noPictures')
    : new PageError('leftOutFiles', { n: files.length - pictures });
}

/** By type, else by name; a single file without a type, as phones send, is tried. */
function isPicture({ file, path }: NamedFile, _: number, { length }: readonly NamedFile[]): boolean {
  if (file.type !== '') return file.type.startsWith('image/');
  const name = path.toLowerCase();
  const hasExtension = pictureExtensions.some((extension) => name.endsWith(extension));
  return length === 1 || hasExtension || unreadableExtension(name) !== undefined;
}
