import { InputError } from '../../core/errors.ts';
import { plural } from '../../core/plural.ts';
import { CocoData } from './dataset.ts';
import { pictureTitle } from './picture-key.ts';
import type { CocoCategory, CocoImage } from './types.ts';

/**
 * The data set with each image and category once, as pycocotools takes them. Annotations with one id remain, since each is an
 * object.
 * @throws InputError where two different images, or two different categories, have one id.
 */
export function uniqueRecords(data: CocoData, onNote: (line: string) => void = () => {}): CocoData {
  const images = unique(data, 'images', describeImage);
  const categories = unique(data, 'categories', ({ name }) => name);
  for (const [list, kept] of Object.entries({ images, categories })) {
    const repeated = data[list as 'images' | 'categories'].length - kept.length;
    if (repeated > 0) onNote(`${data.source}: ${list}: left out ${plural(repeated, 'repeated record')}`);
  }
  const { length } = images;
  if (length === data.images.length && categories.length === data.categories.length) return data;
  return new CocoData({ ...data, images, categories }, data.source);
}

/** Whether two records with one id are the same image. */
export function sameImage(first: CocoImage, second: CocoImage): boolean {
  return describeImage(first) === describeImage(second);
}

/** Whether two records with one id are the same category. */
export function sameCategory(first: CocoCategory, second: CocoCategory): boolean {
  return first.name === second.name;
}

function describeImage(image: CocoImage): string {
  return `${pictureTitle({ ...image, file_name: String(image.file_name) })} (${image.width}×${image.height})`;
}

function unique<List extends 'images' | 'categories'>(
  data: CocoData,
  list: List,
  describe: (record: CocoData[List][number]) => string,
): CocoData[List][number][] {
  const byId = new Map<number, CocoData[List][number]>();
  for (const record of data[list]) {
    const first = byId.get(record.id);
    if (first === undefined) byId.set(record.id, record);
    else if (describe(first) !== describe(record)) {
      const both = `${describe(first)} and ${describe(record)}`;
      throw new InputError(data.source, `${list}: ${both} have the same id, ${record.id}; renumber them`);
    }
  }
  return [...byId.values()];
}
