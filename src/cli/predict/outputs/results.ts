import { type CategoryIds, resultEntries } from '../../../predict/result-entry.ts';
import { writeResults } from '../../files/write-results.ts';
import type { ResultOutput } from './picture-result.ts';

/** A COCO results array, which appears once the run is done. @param target A file, or `-` for stdout. */
export function resultsOutput(target: string, ids: CategoryIds): ResultOutput {
  return (produce) =>
    writeResults(target, (sink) =>
      produce(async ({ path, page, imageIds, prediction }) => {
        for (const imageId of imageIds) await sink(resultEntries({ path, page, imageId }, prediction, ids));
      }),
    );
}
