import { checkOptions } from '../../core/options.ts';
import { streamJsonArray } from '../json/array-stream.ts';
import type { JsonStreamOptions } from '../json/window.ts';
import { RecordReader, refuseTopLevel } from './record-reader.ts';
import { RecordStore } from './record-store.ts';
import { ResultsTable } from './results-table.ts';
import type { CocoDataset } from './types.ts';

/**
 * Reads a COCO results file (https://cocodataset.org/#format-results) of any size.
 * @param dataset The ground truth to which the results belong.
 * @throws InputError, one line naming the file and the record: a picture that is not in the data set, a score
 * that is not a finite number, a mask of the wrong size, JSON that is truncated or invalid (with the byte's
 * position), or a data set where results are expected. Whether compressed runs fill their picture is checked
 * when they are decompressed (`ResultsTable.detectionsOf`).
 * @example
 * ```ts
 * import { readCocoDataset, readCocoResults } from 'mask-rcnn';
 *
 * const dataset = await readCocoDataset('train.json');
 * const results = await readCocoResults('results.json', dataset);
 * console.log(`${results.count} detections`);
 * ```
 */
export async function readCocoResults(
  path: string,
  dataset: Pick<CocoDataset, 'images'>,
  options: JsonStreamOptions = {},
): Promise<ResultsTable> {
  checkOptions('readCocoResults', options, { onProgress: true, windowBytes: true });
  const store = new RecordStore();
  const reader = new RecordReader(path, store, dataset.images);
  await streamJsonArray(
    path,
    (json, index) => reader.read(json, index),
    (json) => refuseTopLevel(path, json),
    options,
  );
  return new ResultsTable(path, dataset.images, store.chunks);
}
