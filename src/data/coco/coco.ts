import { checkOptions } from '../../core/options.ts';
import { streamJson } from '../json/stream.ts';
import type { JsonStreamOptions } from '../json/window.ts';
import { type CocoData, DatasetVisitor, refusing } from './dataset.ts';
import type { Problem } from './problems.ts';

export interface ReadOptions extends JsonStreamOptions {
  /**
   * Called with malformed records and fields; reading continues without them. If absent, the first one is
   * thrown as an InputError.
   */
  readonly onMalformed?: ((problem: Problem) => void) | undefined;
}

/**
 * Reads a COCO data set (instances or keypoints JSON, https://cocodataset.org/#format-data) of any size.
 * Rings and keypoints of the annotations are `Float64Array`s; unknown fields of annotations are dropped. Only
 * the form is checked; `checkDataset` checks the content.
 * @throws InputError if the file cannot be read, is not JSON (with the byte's position), or is not a data
 * set.
 * @example
 * ```ts
 * import { readCocoDataset } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * for (const { id, file_name } of dataset.images) {
 *   console.log(file_name, dataset.annotationsOf(id).length);
 * }
 * ```
 */
export async function readCocoDataset(path: string, options: ReadOptions = {}): Promise<CocoData> {
  checkOptions('readCocoDataset', options, { onMalformed: true, onProgress: true, windowBytes: true });
  const visitor = new DatasetVisitor(path, options.onMalformed ?? refusing(path));
  await streamJson(path, visitor, options);
  return visitor.dataset();
}
