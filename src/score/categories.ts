import type { Category } from '../config/schema.ts';
import { InputError } from '../core/errors.ts';
import { isPlaceholderName } from '../core/placeholder-name.ts';
import type { CocoCategory, CocoDataset } from '../data/coco/types.ts';

/** The correspondence between the categories of a model and of a data set. */
export interface CategoryMatch {
  /**
   * Category id of the data set for each category of the model, in the model's order; null if it has none.
   */
  readonly ids: readonly (number | null)[];
  /**
   * Category id of the data set → class index of the model (1, 2, …); without categories that the model does
   * not have.
   */
  readonly labels: ReadonlyMap<number, number>;
}

type Named = Pick<CocoCategory, 'id' | 'name'>;

/**
 * Matches the categories of a model with those of a data set by name: exactly, else ignoring case. Among several
 * categories with one name, the one with the same id is taken, else the first. If no name matches, equal ids match
 * where one side has no names but `class_1`, `class_2`, …, and a model's only category matches a data set's only one.
 * Training, validation, evaluation and `predict --data` all match this way.
 */
export function matchCategories(model: readonly Category[], dataset: readonly Named[]): CategoryMatch {
  const counterpart = counterpartIn(model, dataset);
  const labels = new Map<number, number>();
  for (const category of dataset) {
    const found = counterpart(category, model);
    if (found && !labels.has(category.id)) labels.set(category.id, model.indexOf(found) + 1);
  }
  return { ids: model.map((category) => counterpart(category, dataset)?.id ?? null), labels };
}

/** The rule by which a category finds its counterpart among those of the other side. */
function counterpartIn(
  model: readonly Named[],
  dataset: readonly Named[],
): <T extends Named>(category: Named, others: readonly T[]) => T | undefined {
  if (isNameShared(model, dataset)) return sameName;
  if (isNameless(model) || isNameless(dataset)) return sameId;
  return model.length === 1 && dataset.length === 1 ? (_, others) => others[0] : () => undefined;
}

/**
 * Refuses a data set of which the model knows no category, whose score would be 0 without a reason.
 * @param source The data set's file, for the message.
 * @throws InputError that names some categories of both.
 */
export function requireSharedCategory(
  source: string,
  dataset: readonly Named[],
  model: readonly Category[],
): void {
  if (matchCategories(model, dataset).labels.size > 0) return;
  if (dataset.length === 0) throw new InputError(source, 'has no categories');
  throw new InputError(
    source,
    `none of its categories (${someNames(dataset)}) is among those of the model: ${someNames(model)}`,
  );
}

/**
 * The names of the categories with objects that the model lacks, so that all of these count as missed; undefined if there
 * are none.
 */
export function lackedCategories(
  { categories, annotations }: Pick<CocoDataset, 'categories' | 'annotations'>,
  model: readonly Category[],
): string | undefined {
  const { labels } = matchCategories(model, categories);
  const used = new Set(annotations.map(({ category_id }) => category_id));
  const lacked = categories.filter(({ id }) => used.has(id) && !labels.has(id));
  return lacked.length > 0 ? someNames(lacked) : undefined;
}

const namesShown = 8;

function someNames(categories: readonly Named[]): string {
  const names = categories.slice(0, namesShown).map(({ name }) => name);
  const more = categories.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** Whether all names are placeholders, as `mask-rcnn import` gives them. */
function isNameless(categories: readonly Named[]): boolean {
  return categories.every(({ name }) => isPlaceholderName(name));
}

/** Whether every category has a known one of the same name, exactly or ignoring case. */
export function areNamesKnown(categories: readonly Named[], known: readonly Named[]): boolean {
  return categories.every((category) => sameName(category, known) !== undefined);
}

function isNameShared(some: readonly Named[], others: readonly Named[]): boolean {
  return some.some((category) => sameName(category, others) !== undefined);
}

function sameName<T extends Named>({ id, name }: Named, others: readonly T[]): T | undefined {
  const exact = others.filter((other) => other.name === name);
  const named = exact.length > 0 ? exact : others.filter((other) => lower(other) === name.toLowerCase());
  return named.find((other) => other.id === id) ?? named[0];
}

function sameId<T extends Named>({ id }: Named, others: readonly T[]): T | undefined {
  return others.find((other) => other.id === id);
}

function lower({ name }: Named): string {
  return name.toLowerCase();
}
