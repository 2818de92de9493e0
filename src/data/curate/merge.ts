import { InputError } from '../../core/errors.ts';
import { pictureKey, pictureTitle } from '../coco/picture-key.ts';
import type { CocoAnnotation, CocoCategory, CocoDataset, CocoImage } from '../coco/types.ts';
import { MergedLicences } from './licences.ts';
import { requireReferences } from './references.ts';

/** A data set to merge. */
export interface MergeSource {
  /** What messages call it. */
  readonly name: string;
  readonly dataset: CocoDataset;
  /** Prepended to every `file_name`, such as `second/`. Default: none. */
  readonly prefix?: string | undefined;
}

export interface MergeOptions {
  /** Name of a category in a source → its name in the result; several can become one. */
  readonly classes?: Readonly<Record<string, string>> | undefined;
}

/**
 * Merges data sets: categories of one name become one, ids count from 1. Where the sources do not have the same
 * categories, `neg_category_ids` of each image list the categories of its own source that it does not show, so that
 * those of other sources are unknown in it instead of absent. Licences are those of all sources; one whose id another has
 * gets a new one. `info` is that of the first source that has one.
 * @throws InputError where a picture is in two sources, categories of one name have different keypoints, or a record
 *   refers to one that does not exist.
 * @example
 * ```ts
 * import { mergeDatasets, readCocoDataset, writeCocoDataset } from 'mask-rcnn';
 *
 * const sources = [
 *   { name: 'train.json', dataset: await readCocoDataset('train.json'), prefix: 'a/' },
 *   { name: 'more.json', dataset: await readCocoDataset('train.json'), prefix: 'b/' },
 * ];
 * await writeCocoDataset('merged.json', mergeDatasets(sources, { classes: { disc: 'circle' } }));
 * ```
 */
export function mergeDatasets(sources: readonly MergeSource[], options: MergeOptions = {}): CocoDataset {
  const { classes = {} } = options;
  const unused = unusedClass(sources, classes);
  if (unused !== undefined) throw new InputError('merge', unused);
  const categories = new MergedCategories(classes);
  const own = sources.map((source) => categories.add(source));
  const licences = new MergedLicences();
  const ownLicences = sources.map(({ dataset }) => licences.add(dataset));
  const isPartial = own.some((ids) => new Set(ids.values()).size < categories.list.length);
  const images: CocoImage[] = [];
  const annotations: CocoAnnotation[] = [];
  const files = new Map<string, string>();
  sources.forEach(({ name, dataset, prefix = '' }, index) => {
    requireReferences(name, dataset);
    const idOf = own[index];
    const shown = new Map<number, Set<number>>(dataset.images.map(({ id }) => [id, new Set<number>()]));
    const imageIds = new Map(dataset.images.map(({ id }, i) => [id, images.length + i + 1]));
    for (const annotation of dataset.annotations) {
      const category_id = idOf.get(annotation.category_id)!;
      const image_id = imageIds.get(annotation.image_id)!;
      shown.get(annotation.image_id)?.add(category_id);
      annotations.push({ ...annotation, id: annotations.length + 1, image_id, category_id });
    }
    for (const image of dataset.images) {
      const named = image.file_name === undefined ? image : { ...image, file_name: prefix + image.file_name };
      refuseTwice(files, named, name);
      images.push({
        ...licences.renumbered(named, ownLicences[index]),
        id: images.length + 1,
        ...(isPartial || hasCoverage(image) ? coverage(image, idOf, shown.get(image.id)!) : {}),
      });
    }
  });
  const info = sources.map(({ dataset }) => dataset.info).find((each) => Object.keys(each ?? {}).length > 0);
  return {
    ...(info && { info }),
    ...(licences.list.length > 0 && { licenses: licences.list }),
    images,
    annotations,
    categories: categories.list,
  };
}

/** The categories of the result. */
class MergedCategories {
  readonly list: CocoCategory[] = [];
  readonly #classes: Readonly<Record<string, string>>;

  constructor(classes: Readonly<Record<string, string>>) {
    this.#classes = classes;
  }

  /** Adds those of a source. @returns Their ids there → in the result. */
  add({ name: source, dataset }: MergeSource): Map<number, number> {
    return new Map(
      dataset.categories.map((category) => {
        const name = Object.hasOwn(this.#classes, category.name)
          ? this.#classes[category.name]
          : category.name;
        const known = this.list.find((other) => other.name === name);
        if (!known) {
          const added = { ...category, id: this.list.length + 1, name };
          this.list.push(added);
          return [category.id, added.id];
        }
        if (JSON.stringify(known.keypoints) !== JSON.stringify(category.keypoints)) {
          throw new InputError(
            source,
            `category ${category.name}: its keypoints are not those of ${name} in another data set`,
          );
        }
        return [category.id, known.id];
      }),
    );
  }
}

function hasCoverage(image: CocoImage): boolean {
  return image.neg_category_ids !== undefined || image.not_exhaustive_category_ids !== undefined;
}

/** LVIS's fields of an image, whose source has the categories of `idOf`. */
function coverage(
  image: CocoImage,
  idOf: ReadonlyMap<number, number>,
  shown: ReadonlySet<number>,
): Pick<CocoImage, 'neg_category_ids' | 'not_exhaustive_category_ids'> {
  const mapped = (ids: readonly number[]) => [...new Set(ids.flatMap((id) => idOf.get(id) ?? []))];
  const absent = hasCoverage(image) ? mapped(image.neg_category_ids ?? []) : mapped([...idOf.keys()]);
  const partial = mapped(image.not_exhaustive_category_ids ?? []);
  return {
    neg_category_ids: absent.filter((id) => !shown.has(id)),
    ...(partial.length > 0 ? { not_exhaustive_category_ids: partial } : {}),
  };
}

function refuseTwice(sources: Map<string, string>, image: CocoImage, source: string): void {
  const { file_name } = image;
  if (file_name === undefined) return;
  const key = pictureKey({ ...image, file_name });
  const other = sources.get(key);
  sources.set(key, source);
  if (other === undefined) return;
  const title = pictureTitle({ ...image, file_name });
  throw new InputError(
    source,
    other === source
      ? `has two images of the picture ${title}; keep one of them`
      : `its picture ${title} is in ${other} too; give each data set the folder of its pictures`,
  );
}

/** Says that no source has one of the categories to be renamed; undefined if each is in one. */
export function unusedClass(
  sources: readonly MergeSource[],
  classes: Readonly<Record<string, string>>,
): string | undefined {
  const names = new Set(sources.flatMap(({ dataset }) => dataset.categories.map(({ name }) => name)));
  const unused = Object.keys(classes).find((name) => !names.has(name));
  return unused === undefined
    ? undefined
    : `no data set has the category ${unused}; known: ${[...names].join(', ')}`;
}
