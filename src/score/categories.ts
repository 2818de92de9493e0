import type { Category } from '../config/schema.ts';
import type { CocoCategory } from '../data/coco/types.ts';

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
 * Matches the categories of a model with those of a data set by name: exactly, else ignoring case. If no name
 * matches, as with models whose classes have no names, equal ids match. Among several categories with one
 * name, the one with the same id is taken, else the first. Training, validation, evaluation and `predict
 * --data` all match this way.
 */
export function matchCategories(model: readonly Category[], dataset: readonly Named[]): CategoryMatch {
  const byName = isNameShared(model, dataset);
  const counterpart = byName ? sameName : sameId;
  const labels = new Map<number, number>();
  for (const category of dataset) {
    const found = counterpart(category, model);
    if (found && !labels.has(category.id)) labels.set(category.id, model.indexOf(found) + 1);
  }
  return { ids: model.map((category) => counterpart(category, dataset)?.id ?? null), labels };
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
