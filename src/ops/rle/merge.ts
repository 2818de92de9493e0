import { emptyRle, type Rle } from './rle.ts';

/**
 * Union or intersection of masks of one picture size, run by run (`rleMerge` of COCO's maskApi.c).
 * @throws RangeError if there are no masks, or their sizes differ.
 */
export function mergeRles(masks: readonly Rle[], operation: 'union' | 'intersection'): Rle {
  if (masks.length === 0) throw new RangeError('no mask to merge');
  let merged = masks[0];
  for (const mask of masks.slice(1)) merged = mergePair(merged, mask, operation === 'intersection');
  return merged;
}

function mergePair(a: Rle, b: Rle, intersect: boolean): Rle {
  const [height, width] = a.size;
  if (b.size[0] !== height || b.size[1] !== width) {
    throw new RangeError(`a mask of ${b.size.join(' × ')} cannot merge with one of ${height} × ${width}`);
  }
  if (height * width === 0) return emptyRle(height, width);
  const counts = new Uint32Array(a.counts.length + b.counts.length);
  let runs = 0;
  let aRun = 1;
  let bRun = 1;
  let aLeft = a.counts[0];
  let bLeft = b.counts[0];
  let aValue = false;
  let bValue = false;
  let value = false;
  let length = 0;
  for (let left = 1; left > 0; ) {
    const step = Math.min(aLeft, bLeft);
    length += step;
    aLeft -= step;
    bLeft -= step;
    if (aLeft === 0 && aRun < a.counts.length) {
      aLeft = a.counts[aRun++];
      aValue = !aValue;
    }
    if (bLeft === 0 && bRun < b.counts.length) {
      bLeft = b.counts[bRun++];
      bValue = !bValue;
    }
    left = aLeft + bLeft;
    const next = intersect ? aValue && bValue : aValue || bValue;
    if (next !== value || left === 0) {
      counts[runs++] = length;
      length = 0;
      value = next;
    }
  }
  return { size: [height, width], counts: counts.slice(0, runs) };
}
