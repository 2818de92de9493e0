import { plural } from '../../../core/plural.ts';
import type { CategoryIds } from '../../../predict/result-entry.ts';
import { note } from '../../terminal/output.ts';
import { ClassCounts } from '../class-counts.ts';
import type { ResultOutput } from './picture-result.ts';

/** The data set that gives ids, and the options whose outputs have them. */
interface Identified {
  readonly data: string;
  readonly options: readonly string[];
}

/** Writes no file, but counts on stderr the instances that others leave out, since a data set lacks their classes. */
export function unlistedClassesNote(ids: CategoryIds, { data, options }: Identified): ResultOutput {
  return async (produce) => {
    const lacking = new ClassCounts();
    await produce(async ({ prediction }) => {
      for (const { category } of prediction.instances)
        if (ids.categoryId(category) === null) lacking.add(category.name);
    });
    if (lacking.total === 0) return;
    const left = `${plural(lacking.total, 'instance')} left out of ${options.join(', ')}`;
    note(`note: ${left}, since ${data} does not have their classes: ${lacking}`);
  };
}
