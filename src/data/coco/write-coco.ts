import { writeAtomically } from '../../core/node/atomic-write.ts';
import { withPlainArrays } from '../json/value-bytes.ts';
import type { CocoDataset } from './types.ts';

const batchLength = 1 << 22;

/**
 * Writes a data set as COCO JSON, one record per line, without holding the whole text in memory.
 * @throws InputError if `path` cannot be written; no partial file is left behind.
 * @example
 * ```ts
 * import { readCocoDataset, writeCocoDataset } from 'mask-rcnn';
 *
 * const { images, annotations, categories } = await readCocoDataset('train.json');
 * const single = annotations.filter(({ iscrowd }) => iscrowd !== 1);
 * await writeCocoDataset('single.json', { images, annotations: single, categories });
 * ```
 */
export async function writeCocoDataset(path: string, dataset: CocoDataset): Promise<void> {
  await writeAtomically(path, async (file) => {
    let batch = '';
    for (const part of textOf(dataset)) {
      batch += part;
      if (batch.length < batchLength) continue;
      await file.writeFile(batch);
      batch = '';
    }
    await file.writeFile(batch);
  });
}

function* textOf({ info, licenses, images, annotations, categories }: CocoDataset): Generator<string> {
  yield `{\n"info": ${JSON.stringify(info ?? {})},\n"licenses": ${JSON.stringify(licenses ?? [])},\n`;
  yield* listOf('categories', categories);
  yield ',\n';
  yield* listOf('images', images);
  yield ',\n';
  yield* listOf('annotations', annotations);
  yield '\n}\n';
}

function* listOf(key: string, records: readonly unknown[]): Generator<string> {
  yield `"${key}": [`;
  for (const [index, record] of records.entries()) {
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(record, withPlainArrays)}`;
  }
  yield ']';
}
