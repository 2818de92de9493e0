import type { FileHandle } from 'node:fs/promises';
import { writeAtomically } from '../core/atomic-write.ts';
import { compressRle } from '../ops/rle/compressed.ts';
import type { Instance, Prediction } from '../predict/instance.ts';
import type { ResultIds } from './coco-ids.ts';
import { writeText } from './output.ts';

/** One instance as COCO results write it, with names added for people. */
export interface ResultEntry {
  image_id: number;
  file_name: string;
  category_id: number;
  category_name: string;
  /** x, y, width, height in pixels of the upright original. */
  bbox: [number, number, number, number];
  score: number;
  segmentation?: { size: [height: number, width: number]; counts: string };
}

/** The entries of one picture; instances of categories that `ids` lacks are left out. */
export function resultEntries(
  picture: { path: string; imageId: number },
  { instances }: Prediction,
  ids: Pick<ResultIds, 'categoryId'>,
): ResultEntry[] {
  return instances.flatMap((instance) => {
    const categoryId = ids.categoryId(instance.category);
    return categoryId === null ? [] : [entryOf(picture, instance, categoryId)];
  });
}

function entryOf(
  picture: { path: string; imageId: number },
  instance: Instance,
  categoryId: number,
): ResultEntry {
  const [x1, y1, x2, y2] = instance.box;
  const entry: ResultEntry = {
    image_id: picture.imageId,
    file_name: picture.path,
    category_id: categoryId,
    category_name: instance.category.name,
    bbox: [nineDigits(x1), nineDigits(y1), nineDigits(x2 - x1), nineDigits(y2 - y1)],
    score: nineDigits(instance.score),
  };
  if (instance.mask) {
    const [height, width] = instance.mask.rle.size;
    entry.segmentation = { size: [height, width], counts: compressRle(instance.mask.rle) };
  }
  return entry;
}

/** Nine digits identify a float32; a double's seventeen would double the file. */
function nineDigits(value: number): number {
  return Number(value.toPrecision(9));
}

/** Takes the entries of one picture after the other. */
export type ResultSink = (entries: readonly ResultEntry[]) => Promise<void>;

/**
 * Writes a COCO results array while it is made, so that it never lies in memory as a whole.
 * @param target A file, which appears when `produce` is done, or `-` for stdout.
 */
export async function writeResults(
  target: string,
  produce: (sink: ResultSink) => Promise<void>,
): Promise<void> {
  if (target === '-') return writeArray((text) => writeText('-', text), produce);
  await writeAtomically(target, (file: FileHandle) =>
    writeArray(async (text) => void (await file.appendFile(text)), produce),
  );
}

async function writeArray(
  write: (text: string) => Promise<void>,
  produce: (sink: ResultSink) => Promise<void>,
): Promise<void> {
  let separator = '[\n';
  await produce(async (entries) => {
    if (entries.length === 0) return;
    await write(separator + entries.map((entry) => JSON.stringify(entry)).join(',\n'));
    separator = ',\n';
  });
  await write(separator === '[\n' ? '[]\n' : '\n]\n');
}
