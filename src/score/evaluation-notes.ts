import { plural } from '../core/plural.ts';
import type { CocoData } from '../data/coco/dataset.ts';
import type { ResultsTable } from '../data/coco/results-table.ts';

/** What a user should know of the data before trusting the metrics: one line each. */
export function evaluationNotes(dataset: CocoData, results: ResultsTable): string[] {
  const known = new Set(dataset.categories.map(({ id }) => id));
  const unknown = [...results.categoryCounts().keys()].filter((id) => !known.has(id));
  const ids = `${unknown.slice(0, 10).join(', ')}${unknown.length > 10 ? ' …' : ''}`;
  return [
    ...(unknown.length > 0
      ? [`${results.source}: detections of categories that are not in the ground truth are ignored: ${ids}`]
      : []),
    ...repeatedIds(dataset),
    ...(dataset.annotations.some(({ id }) => id === 0)
      ? [
          `${dataset.source}: annotation id 0 can never be matched, as in COCO's evaluator; ids should start at 1`,
        ]
      : []),
  ];
}

function repeatedIds({ annotations, source }: CocoData): string[] {
  const unique = new Set(annotations.map(({ id }) => id)).size;
  if (unique === annotations.length) return [];
  const found = `${plural(annotations.length, 'annotation')} have ${plural(unique, 'id')}`;
  return [`${source}: ${found}; each is evaluated here, while pycocotools keeps only the last of an id`];
}
