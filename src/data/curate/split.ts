import { UsageError } from '../../core/errors.ts';
import { seededRandom } from '../../core/random.ts';
import { CocoData } from '../coco/dataset.ts';
import type { CocoDataset, CocoImage } from '../coco/types.ts';
import { assignUnits } from './assign-units.ts';
import { requireReferences } from './references.ts';

export interface SplitOptions {
  /** Name → share of the pictures, in any unit: `{ train: 0.8, val: 0.2 }`, `{ a: 3, b: 1 }`. */
  readonly parts: Readonly<Record<string, number>>;
  /** Default 1. */
  readonly seed?: number | undefined;
  /**
   * Pictures with the same group stay together, such as crops of one slide; null: the picture is a group of its own.
   * Default: every picture is.
   */
  readonly groupOf?: ((image: CocoImage) => string | null) | undefined;
}

/**
 * Splits a data set by picture so that each part has its share of the pictures and of the annotations of each category,
 * as far as groups allow (iterative stratification after Sechidis et al. 2011, then exchanges). The same seed gives the
 * same parts.
 * @returns Name → data set, with the categories and ids of the original.
 * @throws UsageError where the parts are not two or more positive numbers; InputError where an annotation is of an image
 *   or category that does not exist.
 * @example
 * ```ts
 * import { readCocoDataset, splitDataset, writeCocoDataset } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * const { learn, check } = splitDataset(dataset, { parts: { learn: 0.5, check: 0.5 } });
 * await writeCocoDataset('learn.json', learn);
 * await writeCocoDataset('check.json', check);
 * ```
 */
export function splitDataset(dataset: CocoDataset, options: SplitOptions): Record<string, CocoDataset> {
  const { parts, seed = 1, groupOf = () => null } = options;
  const names = Object.keys(parts);
  const total = Object.values(parts).reduce((sum, share) => sum + share, 0);
  if (names.length < 2 || !Object.values(parts).every((share) => share > 0 && Number.isFinite(share))) {
    throw new UsageError(
      `split: expected two parts or more with shares above 0, got ${JSON.stringify(parts)}`,
    );
  }
  requireReferences(dataset instanceof CocoData ? dataset.source : 'split', dataset);
  const units = unitsOf(dataset, groupOf);
  const shares = names.map((name) => parts[name] / total);
  const assigned = assignUnits(
    units.map(({ counts }) => counts),
    shares,
    seededRandom(seed),
  );
  const partOf = new Map<number, number>();
  units.forEach(({ images }, unit) => {
    for (const id of images) partOf.set(id, assigned[unit]);
  });
  const { categories, info, licenses } = dataset;
  return Object.fromEntries(
    names.map((name, part) => [
      name,
      {
        ...(info && { info }),
        ...(licenses && { licenses }),
        categories,
        images: dataset.images.filter(({ id }) => partOf.get(id) === part),
        annotations: dataset.annotations.filter(({ image_id }) => partOf.get(image_id) === part),
      },
    ]),
  );
}

/** Pictures that stay together. */
interface Unit {
  readonly images: number[];
  /** Number of pictures, then of annotations of each category in the data set's order. */
  readonly counts: Float64Array;
}

function unitsOf(dataset: CocoDataset, groupOf: (image: CocoImage) => string | null): Unit[] {
  const length = 1 + dataset.categories.length;
  const byGroup = new Map<string, Unit>();
  const unitOf = new Map<number, Unit>();
  for (const image of dataset.images) {
    const group = groupOf(image);
    const key = group === null ? `image ${image.id}` : `group ${group}`;
    const unit = byGroup.get(key) ?? { images: [], counts: new Float64Array(length) };
    byGroup.set(key, unit);
    unit.images.push(image.id);
    unit.counts[0]++;
    unitOf.set(image.id, unit);
  }
  const index = new Map(dataset.categories.map(({ id }, i) => [id, i + 1]));
  for (const { image_id, category_id } of dataset.annotations) {
    unitOf.get(image_id)!.counts[index.get(category_id)!]++;
  }
  return [...byGroup.values()];
}
