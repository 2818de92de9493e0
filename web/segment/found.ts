import { type CocoResultRecord, decompressRle, type Rle, rleArea } from '../product.ts';

/** The result of a prediction, on the server or in the browser: COCO results. */
export interface Results {
  /** Size of the upright picture in pixels. */
  width: number;
  height: number;
  /** Sorted by descending score. */
  results: readonly CocoResultRecord[];
  /** Instances of lower score that the maximum number left out. */
  omitted: number;
}

/** An instance ready to draw, in pixels of the upright picture. */
export interface FoundInstance {
  category: { id: number; name: string };
  score: number;
  /** x1, y1, x2, y2 */
  box: [number, number, number, number];
  /** Null if the model has no mask branch. */
  mask: Rle | null;
  /** Area of the mask, or of the box, in pixels. */
  area: number;
  /** The original entry. */
  entry: CocoResultRecord;
}

export interface Found {
  width: number;
  height: number;
  omitted: number;
  instances: FoundInstance[];
}

export function readResults({ width, height, results, omitted }: Results): Found {
  return { width, height, omitted, instances: results.map(readEntry) };
}

function readEntry(entry: CocoResultRecord): FoundInstance {
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
