import { imageJStack } from './imagej-stack.ts';
import { omeStack } from './ome-stack.ts';
import { readOmeXml } from './ome-xml.ts';
import type { TiffStack } from './stack.ts';
import { type TiffDirectory, tag } from './tags.ts';

/**
 * The arrangement of a TIFF: by its OME-XML, by ImageJ's description, or one page after the other without thumbnails and
 * reduced copies.
 * @param total Number of directories, of which those listed were read.
 * @param fileName Its name without the folder, by which OME-XML may refer to it.
 */
export function stackOf(directories: readonly TiffDirectory[], total: number, fileName: string): TiffStack {
  const [first] = directories;
  const ome = readOmeXml(first.description);
  return (ome && omeStack(ome, total, fileName)) ?? imageJStack(first, total) ?? pagesOf(directories, total);
}

function pagesOf(directories: readonly TiffDirectory[], total: number): TiffStack {
  const full = [...Array(total).keys()].filter((i) => {
    const directory = directories[i];
    return directory === undefined || isFullSize(directory, directories[0]);
  });
  return {
    pages: full.length,
    channels: () => ['1'],
    plane: (page) => ({ directory: full[page], image: 0 }),
  };
}

/** Neither marked as a reduced copy or a mask, nor smaller than the first page. */
function isFullSize({ numbers }: TiffDirectory, first: TiffDirectory): boolean {
  const side = (of: TiffDirectory['numbers'], name: 'width' | 'height') => of.get(tag[name])?.[0] ?? 0;
  const isMarked = ((numbers.get(tag.newSubfileType)?.[0] ?? 0) & 0b101) !== 0;
  const isSmaller =
    side(numbers, 'width') < side(first.numbers, 'width') ||
    side(numbers, 'height') < side(first.numbers, 'height');
  return !isMarked && !isSmaller;
}
