import { decompressRle, type ResultEntry, type Rle, rleArea } from '../product.ts';

/** What was found in a picture, by the server or here: both answer COCO results. */
export interface Results {
  /** Of the upright picture in pixels. */
  width: number;
  height: number;
  /** Best score first. */
  results: readonly ResultEntry[];
}

/** An instance, ready for drawing. Coordinates are pixels of the upright picture. */
export interface FoundInstance {
  category: { id: number; name: string };
  score: number;
  /** x1, y1, x2, y2 */
  box: [number, number, number, number];
  /** Null where the model has no mask branch. */
  mask: Rle | null;
  /** Pixels of the mask, or of the box. */
  area: number;
  /** As it came. */
  entry: ResultEntry;
}

export interface Found {
  width: number;
  height: number;
  instances: FoundInstance[];
}

export function readResults({ width, height, results }: Results): Found {
  return { width, height, instances: results.map(readEntry) };
}

function readEntry(entry: ResultEntry): FoundInstance {
  const { category_id, category_name, score, bbox, segmentation } = entry;
  const [x, y, w, h] = bbox;
  const mask = segmentation ? decompressRle(segmentation.counts, segmentation.size) : null;
  return {
    category: { id: category_id, name: category_name },
    score,
    box: [x, y, x + w, y + h],
    mask,
    area: mask ? rleArea(mask) : w * h,
    entry,
  };
}
