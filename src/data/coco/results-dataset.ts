import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { unreadable } from '../../core/node/file-errors.ts';
import { isFolder } from '../../core/node/is-folder.ts';
import { placeholderName } from '../../core/placeholder-name.ts';
import { firstPageSize } from '../../image/decode.ts';
import { streamJsonArray } from '../json/array-stream.ts';
import type { JsonBytes } from '../json/bytes.ts';
import { readCocoDataset } from './coco.ts';
import { locateEnd } from './locate-picture.ts';
import { maskFields } from './mask-fields.ts';
import { isPlaneNumber, isTiffName } from './own-plane.ts';
import { preview } from './problems.ts';
import { readCocoResults } from './results.ts';
import type { CocoAnnotation, CocoCategory, CocoDataset, CocoImage } from './types.ts';

/** An annotation that is a prediction. */
export interface ScoredAnnotation extends CocoAnnotation {
  /** 0…1 */
  readonly score: number;
}

/** Predictions as a data set. */
export interface ResultsDataset extends CocoDataset {
  readonly annotations: readonly ScoredAnnotation[];
}

/** Where images and categories are described: a data set's file, or the results themselves and the pictures. */
export type ResultsOrigin = { readonly data: string } | { readonly images: string };

/**
 * Reads a COCO results file as a data set whose annotations have scores. Without a data set, images are those that the
 * records name (`file_name` and `page`, as `mask-rcnn predict` writes them), their sizes are read from the pictures, and
 * categories are those of the records.
 * @throws what `readCocoResults` and `readCocoDataset` throw; InputError where a record names no file.
 */
export async function readResultsDataset(path: string, origin: ResultsOrigin): Promise<ResultsDataset> {
  const { images, categories } =
    'data' in origin
      ? await readCocoDataset(origin.data, { onMalformed: () => {} })
      : await namesIn(path, origin.images);
  const table = await readCocoResults(path, { images });
  const known = new Set(categories.map(({ id }) => id));
  const annotations: ScoredAnnotation[] = [];
  for (const [index, image] of images.entries()) {
    for (const { categoryId, score, box, mask } of table.detectionsOf(index, () => true)) {
      if (!known.has(categoryId)) {
        throw new InputError(
          path,
          `the data set has no category ${categoryId}, of a result in image ${image.id}`,
        );
      }
      annotations.push({
        id: annotations.length + 1,
        image_id: image.id,
        category_id: categoryId,
        ...(mask ? maskFields(mask) : box ? { bbox: box, area: box[2] * box[3] } : {}),
        iscrowd: 0,
        score,
      });
    }
  }
  return { images, categories, annotations };
}

/** A picture as the records of its instances name it. */
interface NamedPicture {
  readonly file: string;
  /** With the size of the page, which may not be that of the first, where a mask tells it. */
  readonly page?: number;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
}

/** The size in an RLE mask, `[height, width]`. */
function sizeOf(segmentation: unknown): NamedPicture['size'] {
  const { size } = (segmentation ?? {}) as { size?: unknown };
  if (!Array.isArray(size)) return undefined;
  const [height, width] = size;
  return Number.isSafeInteger(height) && Number.isSafeInteger(width) ? { width, height } : undefined;
}

async function namesIn(path: string, folder: string): Promise<Pick<CocoDataset, 'images' | 'categories'>> {
  const files = new Map<number, NamedPicture>();
  const names = new Map<number, string>();
  await streamJsonArray(
    path,
    (json, index) => {
      const record = json.value() as Record<string, unknown>;
      const { image_id, file_name, page, category_id, category_name, segmentation } = record ?? {};
      if (typeof image_id !== 'number' || typeof category_id !== 'number') return;
      if (typeof file_name !== 'string') {
        throw new InputError(
          path,
          `results[${index}] has no "file_name"; name the data set of the results (--data)`,
        );
      }
      if (page != null && isTiffName(file_name) && !isPlaneNumber(page)) {
        throw new InputError(
          path,
          `results[${index}].page: expected a whole number from 1, got ${preview(page)}`,
        );
      }
      files.set(
        image_id,
        isPlaneNumber(page) ? { file: file_name, page, size: sizeOf(segmentation) } : { file: file_name },
      );
      names.set(
        category_id,
        typeof category_name === 'string' ? category_name : placeholderName(category_id),
      );
    },
    (json) => refuseTopLevel(path, json),
  );
  const images: CocoImage[] = [];
  /** The file in the folder → its name in the results. */
  const named = new Map<string, string>();
  for (const [id, { file, page, size: pageSize }] of [...files].sort(([a], [b]) => a - b)) {
    const fileName = locateEnd(folder, file) ?? basename(file);
    const other = named.get(fileName);
    if (other !== undefined && other !== file) {
      throw new InputError(
        path,
        `the pictures ${other} and ${file} would both be ${join(folder, fileName)}; name the folder that has both (--images)`,
      );
    }
    named.set(fileName, file);
    const size = pageSize ?? (await firstPageSize(join(folder, fileName)));
    images.push({ id, file_name: fileName, ...(page === undefined ? {} : { page }), ...size });
  }
  const categories = [...names].sort(([a], [b]) => a - b).map(([id, name]): CocoCategory => ({ id, name }));
  return { images, categories };
}

function refuseTopLevel(path: string, json: JsonBytes): never {
  throw new InputError(path, `expected COCO results, an array, got ${preview(json.value())}`);
}

/**
 * Whether a JSON file's top level is an array, as that of results, by its first byte.
 * @throws InputError if it cannot be read, or is a folder.
 */
export async function startsArray(path: string): Promise<boolean> {
  if (await isFolder(path))
    throw new InputError(path, 'is a folder; expected a COCO data set or COCO results');
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 4096 })) {
      const text = String(chunk)
        .replace(/^\ufeff/, '')
        .trimStart();
      if (text !== '') return text.startsWith('[');
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return false;
}
